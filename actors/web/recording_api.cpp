#include "actors/web/recording_api.hpp"

#include <array>
#include <caf/event_based_actor.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/call/bring_fact.hpp"
#include "actors/recording/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/found_call.hpp"
#include "actors/web/front.hpp"
#include "actors/web/number_work.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/secrets.hpp"

namespace tonris::actors {

namespace {

using action = record_call::action;
using outcome = call_recorded::outcome;

constexpr std::chrono::seconds registry_limit{5}, recorder_limit{60};

constexpr std::array<std::string_view, 4> actions{"start", "pause", "resume", "stop"};

std::optional<action> action_of(std::string_view text) noexcept {
  for (std::size_t i = 0; i < actions.size(); ++i)
    if (actions[i] == text) return static_cast<action>(i);
  return std::nullopt;
}
bool is_action(std::string_view text) {
  return action_of(text).has_value();
}
constexpr model::text_rule action_rule{1, 8, is_action, "start, pause, resume or stop"};

std::string in_json(const model::call_sid& call, const call_recorded& came) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("callSid", call.value);
  out.member("recordingSid", came.recording);
  out.member("status", came.status);
  out.close_object();
  return json;
}

net::http_response answer_to(const record_call& wanted, const call_recorded& came) {
  switch (came.is) {
    case outcome::done:
    case outcome::as_it_was: return json_answer(in_json(wanted.call, came));
    case outcome::none:
    case outcome::refused: return error_answer(error_code::conflict, came.why);
    case outcome::unknown: break;
  }
  return error_answer(error_code::unavailable, came.why);
}

/// What one request needs, for as long as that takes.
struct recording_request {
  call_asker asker;
  action act;
  tenant_registry registry;
  access_registry access;
  call_recorder recorder;
  std::shared_ptr<call_journal> journal;
  twilio_account main;
  std::string callback;
};

/// Into the record, and into the audit trail; then it is answered.
void write_down(caf::event_based_actor* self, const recording_request& wanted, const model::tenant_id& tenant,
                const call_recorded& came, const net::http_response& answer) {
  const auto& asker = wanted.asker;
  const model::call_record::recording fact{
      came.recording, came.status, {}, 0, "answer", std::chrono::system_clock::now()};
  const auto what = "call.recording." + std::string{actions[static_cast<std::size_t>(wanted.act)]};
  const auto entry = entry_of(asker.who, what, tenant, "", in_json(asker.call, came));
  const fact_door through{asker.supervisor, wanted.journal, call_answer_limit, fact_door::unanswered::is_stored};
  bring_fact(self, through, {asker.call, fact}, [=, access = wanted.access, to = asker.to](fact_went) {
    note_then(self, access, entry, [to, answer] { to->send(answer); });
  });
}

/// Why nothing can be recorded of it; "": it can. Until somebody talks with its agent nobody's words are recorded.
std::string_view why_not(const call_asker& asker, const model::call_record& of) {
  if (of.ended) return "the call has ended";
  if (ringing_call(asker, of)) return "nobody has answered the call yet";
  const bool has_agent = !of.agent.empty() || of.state != model::call_state::ringing;
  return has_agent ? "" : "the caller waits in line, and no agent talks to him yet";
}

void record(caf::event_based_actor* self, const recording_request& wanted, const model::call_record& of,
            const model::tenant& tenant) {
  const auto& to = wanted.asker.to;
  if (!tenant.recording.allowed)
    return to->send(error_answer(error_code::conflict, "settings.recording.allowed of the tenant is not true"));
  auto account = account_of_call(of.account, tenant, wanted.main);
  if (!account) return to->send(error_answer(error_code::conflict, "the call's account at Twilio is not known here"));
  const record_call what{wanted.act, of.call, std::move(*account), tenant.recording.dual, wanted.callback};
  ask(self, wanted.recorder, recorder_limit, what)
      .then(
          [=, tenant = of.tenant](const call_recorded& came) {
            const auto answer = answer_to(what, came);
            if (came.is != outcome::done) return wanted.asker.to->send(answer);
            write_down(self, wanted, tenant, came, answer);
          },
          say_unavailable(to));
}

}  // namespace

void record_call_by_api(http_front& at, request_context& asked) {
  std::string act;
  if (!asked.read_json([&](model::json_fields& body) { act = body.required_text("action", action_rule); })) return;
  const auto& house = at.settings();
  const recording_request wanted{asker_of(at, asked), action_of(act).value_or(action::start),
                                 house.registry,      house.access,
                                 house.recorder,      house.journal,
                                 house.numbers.main,  house.numbers.origin + "/api/webhooks/twilio/recording-status"};
  house.system->spawn([wanted, counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    with_record(self, wanted.asker, model::action::control_calls, [=](const model::call_record& of) {
      if (const auto why = why_not(wanted.asker, of); !why.empty())
        return wanted.asker.to->send(error_answer(error_code::conflict, why));
      ask(self, wanted.registry, registry_limit, find_tenant_by_id{of.tenant})
          .then(
              [=](const found_tenant& found) {
                if (!found.tenant) return wanted.asker.to->send(no_such_call());
                record(self, wanted, of, *found.tenant);
              },
              say_unavailable(wanted.asker.to));
    });
  });
}

}  // namespace tonris::actors
