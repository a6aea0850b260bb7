/// The call supervisor's calls without an actor: ended ones, what Twilio still asks and reports about them, and those
/// that wait for their callers.
#include <algorithm>
#include <utility>
#include <vector>

#include "actors/call_database.hpp"
#include "actors/call_log.hpp"
#include "actors/call_supervisor.hpp"
#include "actors/fallback.hpp"
#include "actors/runtime/ask.hpp"
#include "model/phone_number.hpp"
#include "model/voicemail.hpp"

namespace tonris::actors {

using model::call_moment;
using model::call_state;
using model::end_reason;
using model::fallback_step;

namespace {

constexpr std::chrono::seconds registry_limit{1};
constexpr std::chrono::seconds dormant_hop{5};

}  // namespace

// --- ended calls
// ----------------------------------------------------------------------------------------------------------------

/// What a call writes down as its last: it has no actor any more that could.
void call_supervisor_state::end_without_actor(model::call_record& record, end_reason reason, std::string_view detail) {
  record.state = call_state::ended;
  record.ended = now();
  if (!record.streams.empty() && !record.streams.back().ended) record.streams.back().ended = record.ended;
  if (!record.conversations.empty() && !record.conversations.back().ended)
    record.conversations.back().ended = record.ended;
  if (!record.reason) {
    record.reason = reason;
    record.end_detail = detail;
  }
  call_log::ended(record);
  with_.services->counters->call_ended(*record.reason, record.media);
  write_note(*with_.services->journal, record.call, now(), call_moment::ended,
             live_call::words(to_string(*record.reason), record.end_detail));
}

void call_supervisor_state::remember(call_table::ended&& call) {
  call.since = now();
  if (call.state.record.reason == end_reason::caller_hung_up) call.caller_gone = true;
  settle(call);
  keep_in_memory(std::move(call));
}

void call_supervisor_state::keep_in_memory(call_table::ended&& call) {
  auto& table = *with_.table;
  const auto sid = call.state.record.call;
  if (!table.memory.insert_or_assign(sid, std::move(call)).second) return;
  table.memory_order.push_back(sid);
  if (table.memory_order.size() <= remembered_calls) return;
  const auto oldest = table.memory.extract(table.memory_order.front());
  table.memory_order.pop_front();
  // A younger one's checkpoint stays in the store, which forgets it in its time: the next life may be asked for it.
  if (!oldest.empty() && out_of_time(oldest.mapped().state)) with_.services->journal->forget(oldest.key());
}

bool call_supervisor_state::out_of_time(const model::call_checkpoint& call) const {
  return call.record.ended && now() - *call.record.ended >= call_database::ended_kept_for;
}

/// Writes an ended call down: its record, and its checkpoint as long as a fallback is under way.
void call_supervisor_state::settle(const call_table::ended& call) {
  const auto& record = call.state.record;
  auto& journal = *with_.services->journal;
  journal.record({record.call, record.tenant.value, record.started, to_json(record)});
  const bool goes_on = record.reason && after(*record.reason) == model::aftermath::fallback &&
                       call.state.fallback != fallback_step::over && !call.caller_gone;
  if (goes_on)
    journal.checkpoint(record.call, to_json(call.state));
  else
    journal.forget(record.call);
}

call_answer call_supervisor_state::answer_ended(call_table::ended& call, const connect_action& asked) {
  if (model::twilio::is_final(asked.status)) {
    take_news(call.state, asked.news, *with_.services->journal, now());
    call.caller_gone = true;
    settle(call);
    return {call_answer::what::nothing};
  }
  call.since = now();
  auto answer = next_fallback(call.state, call.tenant.get(), asked.news, *with_.services->journal,
                              *with_.services->counters, now());
  settle(call);
  return answer;
}

/// A fallback that was under way when the node went: its tenant is looked up first.
call_supervisor_state::reply call_supervisor_state::find_tenant_first(call_table::ended& call,
                                                                      const connect_action& asked) {
  auto promise = self->make_response_promise<call_answer>();
  const auto go_on = [this, promise, asked](tenant_ptr tenant) mutable {
    const auto known = with_.table->memory.find(asked.call);
    if (known == with_.table->memory.end()) {
      promise.deliver(call_answer{call_answer::what::hang_up});
      return;
    }
    known->second.tenant = std::move(tenant);
    known->second.tenant_unknown = false;
    promise.deliver(answer_ended(known->second, asked));
  };
  ask_registry(call.state.record.to, go_on);
  return caf::delegated<caf::message>{};
}

void call_supervisor_state::ask_registry(const std::string& called, std::function<void(tenant_ptr)> then) {
  const auto number = model::is_e164(called) ? std::optional{called} : model::to_e164(called);
  ask(self, with_.registry, registry_limit, find_tenant{number.value_or(called)})
      .then([then](const found_tenant& found) { then(found.tenant); }, [then](const caf::error&) { then(nullptr); });
}

void call_supervisor_state::on(const recording_reported& reported) {
  const auto& recording = reported.recording;
  write_note(*with_.services->journal, reported.call, now(), call_moment::voicemail,
             recording.recording_sid + ", " + std::to_string(recording.seconds) + " s, " + recording.status);
  if (recording.status == "absent") return;
  const model::call_record::voicemail_message message{recording.recording_sid, recording.url, recording.seconds, now()};
  const auto found = with_.table->memory.find(reported.call);
  if (found == with_.table->memory.end()) return with_.services->journal->voicemail({reported.call, message});
  if (model::add_voicemail(found->second.state.record, message)) settle(found->second);
}

// --- calls that wait for their callers
// ---------------------------------------------------------------------------------------------

void call_supervisor_state::restore(const restore_calls& former) {
  auto& table = *with_.table;
  for (const auto& state : former.calls) {
    const auto& sid = state.record.call;
    if (state.record.state == call_state::ended) {
      restore_ended(state);
      continue;
    }
    auto life = std::make_shared<call_lifeline>();
    life->state = state;
    life->counters->restore(state.record.media);
    if (state.current_ticket && !state.current_ticket->used) table.tickets.emplace(state.current_ticket->id, sid);
    table.waiting.emplace(sid, call_table::dormant{std::move(life), now()});
  }
}

void call_supervisor_state::restore_ended(const model::call_checkpoint& state) {
  if (out_of_time(state)) return with_.services->journal->forget(state.record.call);
  keep_in_memory({state, nullptr, true});
}

void call_supervisor_state::check_dormant() {
  self->delayed_send(self, caf::timespan{dormant_hop}, dormant_check{});
  if (with_.table->stopping) return;  // another node's, or our next life's
  std::vector<model::call_sid> lost;
  for (const auto& [sid, call] : with_.table->waiting)
    if (now() - call.since >= dormant_limit) lost.push_back(sid);
  for (const auto& sid : lost) close_dormant(sid, end_reason::node_lost, "nobody asked for the call any more");
}

void call_supervisor_state::close_dormant(const model::call_sid& call, end_reason reason, std::string_view detail) {
  auto found = with_.table->waiting.extract(call);
  if (found.empty()) return;
  auto& life = *found.mapped().life;
  if (life.state.current_ticket) with_.table->tickets.erase(life.state.current_ticket->id);
  auto& record = life.state.record;
  const auto away = std::chrono::duration_cast<std::chrono::milliseconds>(now() - found.mapped().since);
  if (record.answered) record.troubled = model::trouble_of(reason, {end_reason::node_lost, false, away});
  if (record.troubled) with_.services->counters->call_troubled(record.troubled->reason);
  end_without_actor(record, reason, detail);
  remember({std::move(life.state), life.tenant, life.tenant == nullptr});
}

void call_supervisor_state::wake(const model::call_sid& call, std::function<void(const caf::actor&)> then) {
  ask_registry(with_.table->waiting.at(call).life->state.record.to, [this, call, then](const tenant_ptr& tenant) {
    auto& table = *with_.table;
    if (const auto live = table.calls.find(call); live != table.calls.end()) return then(live->second.call);
    if (!tenant) return then(nullptr);
    auto waiting = table.waiting.extract(call);
    if (waiting.empty()) return then(nullptr);
    auto life = waiting.mapped().life;
    life->tenant = tenant;
    call_log::info(life->state.record, {"back: it goes on from its checkpoint"});
    with_.services->counters->call_resumed(metrics::resumption::store);
    then(start(std::move(life), live_call::beginning::from_store).call);
  });
}

}  // namespace tonris::actors
