#include "actors/web/numbers_api.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{5};

using kind = number_work::kind;

/// As it came.
struct request {
  kind what = kind::look;
  model::principal by;
  model::tenant_id id;
  std::string number;  ///< "": all of the tenant's
  bool only_says = false;
};

net::http_response answer_with(const std::vector<number_outcome>& outcomes) {
  return json_answer(R"({"items":)" + to_json(outcomes) + "}");
}

/// {"+1…": {"VoiceUrl": "https://…"}}: one side of what was changed.
std::string side_of(const number_outcome& one, std::string number_outcome::change::*side) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_object(one.number);
  for (const auto& change : one.changes) out.member(change.field, change.*side);
  out.close_object();
  out.close_object();
  return json;
}

/// Of those that Twilio has changed, or may have.
std::vector<model::audit_entry> entries_of(const model::principal& by, const number_work::order& done,
                                           const std::vector<number_outcome>& outcomes) {
  const auto* const what = done.what == kind::attach ? "number.attach" : "number.detach";
  std::vector<model::audit_entry> entries;
  for (const auto& one : outcomes)
    if (one.may_be_changed)
      entries.push_back(entry_of(by, what, done.t.id, side_of(one, &number_outcome::change::from),
                                 side_of(one, &number_outcome::change::to)));
  return entries;
}

void note_all(caf::event_based_actor* self, const access_registry& access, std::vector<model::audit_entry> entries,
              std::function<void()> then) {
  if (entries.empty()) return then();
  const auto entry = std::move(entries.back());
  entries.pop_back();
  note_then(self, access, entry, [self, access, entries = std::move(entries), then = std::move(then)] {
    note_all(self, access, entries, then);
  });
}

/// Those that are meant; nothing: the one that was named is not the tenant's.
std::optional<std::vector<std::string>> numbers_meant(const model::tenant& t, const std::string& number) {
  auto all = numbers_of(t);
  if (number.empty()) return all;
  for (const auto& one : all)
    if (model::is_same_number(one, number)) return std::vector{one};
  return std::nullopt;
}

void work(http_front& at, request_context& asked, request wanted) {
  const auto& house = at.settings();
  house.system->spawn([wanted = std::move(wanted), numbers = house.numbers, registry = house.registry,
                       access = house.access, counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, registry, answer_limit, find_tenant_by_id{wanted.id})
        .then(
            [=](const found_tenant& found) {
              if (!found.tenant) return reply->send(no_such_tenant());
              auto meant = numbers_meant(*found.tenant, wanted.number);
              if (!meant)
                return reply->send(error_answer(error_code::bad_request, "number is not one of the tenant's"));
              work_on_numbers(
                  self, numbers, access, wanted.by, {wanted.what, wanted.only_says, *found.tenant, std::move(*meant)},
                  [reply](const std::vector<number_outcome>& outcomes) { reply->send(answer_with(outcomes)); });
            },
            [reply](const caf::error&) { reply->send(error_answer(error_code::unavailable, "try again")); });
  });
}

model::tenant_id tenant_of(const request_context& asked) {
  return {std::string{asked.parameters["id"]}};
}

bool is_number(std::string_view text) {
  return model::to_e164(text).has_value();
}
constexpr model::text_rule number_rule{1, 64, is_number, "a phone number in E.164, such as +15551234567"};

void change(http_front& at, request_context& asked, kind what) {
  request wanted{what, asked.by, tenant_of(asked), {}, false};
  const auto read = [&](model::json_fields& body) {
    if (const auto number = body.text("number", number_rule)) wanted.number = model::to_e164(*number).value();
    wanted.only_says = body.flag("dryRun").value_or(false);
  };
  if (asked.read_json(read)) work(at, asked, std::move(wanted));
}

}  // namespace

void work_on_numbers(caf::event_based_actor* self, const number_services& house, const access_registry& access,
                     const model::principal& by, number_work::order wanted, number_work::told then) {
  number_work::start(self, house, wanted, [=, then = std::move(then)](std::vector<number_outcome> outcomes) {
    auto entries = entries_of(by, wanted, outcomes);
    note_all(self, access, std::move(entries), [then, outcomes] { then(outcomes); });
  });
}

void tell_numbers(http_front& at, request_context& asked) {
  work(at, asked, {kind::look, asked.by, tenant_of(asked), {}, false});
}

void attach_numbers(http_front& at, request_context& asked) {
  change(at, asked, kind::attach);
}

void detach_numbers(http_front& at, request_context& asked) {
  change(at, asked, kind::detach);
}

}  // namespace tonris::actors
