#include "actors/web/elevenlabs_webhooks.hpp"

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/call/bring_fact.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tool/messages.hpp"
#include "actors/tool/metrics.hpp"
#include "actors/web/callback_subject.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/call/briefing.hpp"
#include "model/call/tool_answers.hpp"
#include "model/elevenlabs/initiation_request.hpp"
#include "model/elevenlabs/tool_answer.hpp"
#include "model/elevenlabs/tool_request.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/utf8.hpp"
#include "model/tracing/trace_context.hpp"

namespace tonris::actors {

namespace el = model::elevenlabs;
using el::tool_outcome;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds initiation_limit{110};  // of one look-up; four of them, and the answer, fit into 500 ms
constexpr milliseconds tool_limit{1000};       // likewise: an agent waits longer than a phone that rings
constexpr milliseconds history_limit{2000}, fact_limit{2000};
constexpr std::size_t history_wanted = 20;  // records; of those the last five that count are told

using builtin = model::tenant::tool::builtin_type;
using reply = std::shared_ptr<net::http_responder>;

callback_sources sources_of(const http_front::config& house) {
  return {house.supervisor, house.store, house.registry, house.conversations};
}

// --- what a conversation begins with

void tell_beginning(const reply& to, const el::initiation_request& asked, const callback_subject& about) {
  auto facts = model::facts_of(asked);
  if (about.record) {
    const auto& call = *about.record;
    facts.call = call.call;
    if (facts.agent.empty()) facts.agent = call.agent;
    if (facts.from.empty()) facts.from = call.from;
    if (facts.to.empty()) facts.to = call.to;
  }
  const auto said = [](const std::string& text) { return text.empty() ? std::string{"unknown"} : text; };
  log::info("ElevenLabs Conversation Initiation: conversation={conversation}, agent={agent}, tenant={tenant}",
            {{"conversation", said(asked.conversation.value)},
             {"agent", said(facts.agent.value)},
             {"tenant", said(about.tenant ? about.tenant->id.value : std::string{})}});
  std::string body;
  el::append_initiation(
      about.tenant ? model::make_initiation(*about.tenant, facts) : model::make_unknown_initiation(facts), body);
  to->respond(json_answer(std::move(body)));
}

std::string beginning_for_nobody(const el::initiation_request& asked) {
  std::string body;
  el::append_initiation(model::make_unknown_initiation(model::facts_of(asked)), body);
  return body;
}

// --- tools

/// No tool has a longer name than a tenant may give it: what is beyond is nobody's, and stands in no record.
std::string tool_named_in(std::string_view path) {
  return std::string{model::utf8_prefix(path.substr(path.rfind('/') + 1), model::tenant_rules::tool_name.max_bytes)};
}

std::string trace_parent_of(const net::http_request& request) {
  const auto given = request.fields.get("traceparent");
  return model::is_traceparent(given) ? std::string{given} : std::string{};
}

/// One of them, from the request to its answer. Lives in an actor of its own.
struct tool_run {
  caf::event_based_actor* self;
  reply to;
  std::string name;
  el::tool_request asked;
  bool get = false, replayable = false;
  std::function<void(const reply&)> turn_away;  ///< of one that is replayable
  std::string trace_parent;
  std::string request_id;
  callback_sources in;
  tool_forwarding forwarding;
  std::shared_ptr<call_journal> journal;
  metrics* counters;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  callback_subject about{};
};
using run_ptr = std::shared_ptr<tool_run>;

void finish(const run_ptr& run, el::tool_answer answer) {
  run->counters->of<tool_metrics>().answered(answer.outcome);
  const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - run->began);
  if (run->about.record) {
    const model::call_record::tool_call fact{std::chrono::system_clock::now(),
                                             run->name,
                                             run->asked.tool_call_id,
                                             false,
                                             answer.outcome != tool_outcome::answered,
                                             static_cast<std::uint32_t>(took.count())};
    const fact_door through{run->in.supervisor, run->journal, fact_limit, fact_door::unanswered::is_stored};
    bring_fact(run->self, through, {run->about.record->call, fact}, [](fact_went) {});
  }
  if (answer.outcome != tool_outcome::answered)
    log::warn("The tool {tool} was not answered: {why}",
              {{"tool", run->name},
               {"why", to_string(answer.outcome)},
               {"tenant", run->about.tenant ? run->about.tenant->id.value : std::string{}},
               {"call", run->about.record ? run->about.record->call.value : std::string{}}});
  run->to->respond(json_answer(std::move(answer.json)));
}

builtin builtin_named(std::string_view name) {
  for (const auto one :
       {builtin::business_hours, builtin::business_profile, builtin::caller_history, builtin::call_context})
    if (to_string(one) == name) return one;
  return builtin::none;
}

/// Of the caller's earlier calls with this tenant, and no other's.
void answer_with_history(const run_ptr& run) {
  const auto& now = *run->about.record;
  ask(run->self, run->in.store, history_limit, find_history{now.tenant, now.from, history_wanted})
      .then(
          [run](const found_history& found) {
            std::vector<model::call_record> records;
            records.reserve(found.records.size());
            for (const auto& json : found.records)
              if (auto record = model::parse_call_record(json)) records.push_back(std::move(*record));
            std::vector<model::past_call> calls;
            calls.reserve(records.size());
            for (const auto& record : records)
              calls.push_back({record, record.reports.empty() ? std::string_view{} : record.reports.back().summary});
            finish(run, {model::caller_history_answer(calls, *run->about.record, *run->about.tenant)});
          },
          [run](const caf::error&) { finish(run, el::apologise(tool_outcome::timed_out)); });
}

void answer_built_in(const run_ptr& run, builtin what) {
  const auto& tenant = *run->about.tenant;
  const auto now = std::chrono::system_clock::now();
  switch (what) {
    case builtin::business_hours: return finish(run, {model::business_hours_answer(tenant, now)});
    case builtin::business_profile: return finish(run, {model::business_profile_answer(tenant)});
    case builtin::caller_history:
      if (!run->about.record) return finish(run, el::apologise(tool_outcome::bad_request));
      return answer_with_history(run);
    case builtin::call_context:
      if (!run->about.record) return finish(run, el::apologise(tool_outcome::bad_request));
      return finish(run, {model::call_context_answer(*run->about.record, tenant, now)});
    case builtin::none: return finish(run, el::apologise(tool_outcome::unknown_tool));
  }
}

void forward(const run_ptr& run) {
  forward_tool wanted;
  wanted.tenant = run->about.tenant;
  wanted.tool = run->name;
  wanted.get = run->get;
  wanted.parameters = run->asked.parameters;
  wanted.id = run->request_id;
  if (run->about.record) wanted.call = run->about.record->call;
  wanted.conversation = run->asked.conversation;
  wanted.trace_parent = run->trace_parent;
  ask(run->self, run->forwarding, milliseconds{model::tenant_rules::max_tool_timeout_ms} + tool_limit, wanted)
      .then([run](const forwarded_tool& came) { finish(run, came.answer); },
            [run](const caf::error&) { finish(run, el::apologise(tool_outcome::timed_out)); });
}

/// It proves that the secret was known once: who saw such a request can send it again for ever.
bool takes(const callback_subject& about, bool replayable) {
  return !replayable || (about.tenant && about.tenant->legacy_signature);
}

net::http_response not_for_that() {
  return error_answer(error_code::unauthorized,
                      "this tenant takes no signature without a time: settings.legacySignature");
}

/// Of one that shows a signature without a time, for when its tenant takes none: made while the request is here.
std::function<void(const reply&)> turning_away(const http_front::config& house, const request_context& asked) {
  if (!asked.replayable) return nullptr;
  return [list = house.refused, where = asked.to.counted_as, from = house.refused->source_of(asked.request),
          says = claims_of_callback(asked.to.counted_as, asked.request)](const reply& to) {
    list->note(where, web_metrics::refusal::bad_callback, from, says);
    to->respond(not_for_that());
  };
}

void answer_for(const run_ptr& run) {
  if (!takes(run->about, run->replayable)) return run->turn_away(run->to);
  if (!run->about.tenant) return finish(run, el::apologise(tool_outcome::bad_request));
  const auto& tools = run->about.tenant->tools;
  const auto own = tools.find(run->name);
  if (own == tools.end()) return answer_built_in(run, builtin_named(run->name));
  const auto& tool = own->second;
  if (!tool.static_json.empty()) return finish(run, {tool.static_json});
  if (tool.builtin != builtin::none) return answer_built_in(run, tool.builtin);
  forward(run);
}

}  // namespace

void answer_initiation(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  auto request = el::parse_initiation_request(asked.request.body).value_or(el::initiation_request{});
  const auto to = std::make_shared<net::http_responder>(std::move(asked.responder));
  to->set_last_words(json_answer(beginning_for_nobody(request)));
  house.system->spawn([to, request, replayable = asked.replayable, turn_away = turning_away(house, asked),
                       in = sources_of(house), counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    find_subject(self, in, {request.call, request.conversation, request.called, request.tenant}, initiation_limit,
                 [to, request, replayable, turn_away](const callback_subject& about) {
                   if (!takes(about, replayable)) return turn_away(to);
                   tell_beginning(to, request, about);
                 });
  });
}

void answer_tool_request(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  const auto& request = asked.request;
  const auto read = el::parse_tool_request(request.query(), request.fields.get("Content-Type"), request.body);
  const auto run = std::make_shared<tool_run>();
  run->name = tool_named_in(request.path());
  run->replayable = asked.replayable;
  run->turn_away = turning_away(house, asked);
  run->get = request.method == "GET";
  run->request_id = request_id_of(request);
  run->trace_parent = trace_parent_of(request);
  run->in = sources_of(house);
  run->forwarding = house.tools;
  run->journal = house.journal;
  run->counters = house.counters;
  run->to = std::make_shared<net::http_responder>(std::move(asked.responder));
  run->to->set_last_words(json_answer(el::apologise(tool_outcome::unreachable).json));
  if (!read) return finish(run, el::apologise(tool_outcome::bad_request));
  run->asked = *read;
  house.system->spawn([run](caf::event_based_actor* self) {
    guard(self, *run->counters);
    run->self = self;
    find_subject(self, run->in, {run->asked.call, run->asked.conversation, {}, run->asked.tenant}, tool_limit,
                 [run](callback_subject about) {
                   run->about = std::move(about);
                   answer_for(run);
                 });
  });
}

}  // namespace tonris::actors
