/// The call supervisor's calls without an actor: ended ones, what Twilio still asks and reports about them, and those
/// that wait for their callers.
#include <algorithm>
#include <utility>
#include <vector>

#include "actors/call/call_log.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/store/database.hpp"
#include "model/call/voicemail.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

using model::call_moment;
using model::call_state;
using model::end_reason;
using model::fallback_step;

namespace {

constexpr std::chrono::milliseconds registry_limit{600};  // twice, within what the webhook waits
constexpr std::chrono::milliseconds registry_pause{100};  // a registry that crashed is back by then
constexpr std::chrono::seconds dormant_hop{5};
namespace supervision = model::supervision;

}  // namespace

// --- ended calls
// ----------------------------------------------------------------------------------------------------------------

/// What a call writes down as its last: it has no actor any more that could.
void call_supervisor_state::end_without_actor(call_lifeline& life, end_reason reason, std::string_view detail) {
  auto& record = life.state.record;
  record.state = call_state::ended;
  record.ended = life.clock.at(now());
  if (!record.streams.empty() && !record.streams.back().ended) record.streams.back().ended = record.ended;
  if (!record.conversations.empty() && !record.conversations.back().ended)
    record.conversations.back().ended = record.ended;
  if (!record.reason) {
    record.reason = reason;
    record.end_detail = detail;
  }
  call_log::ended(record);
  with_.services->counters->call_ended(*record.reason, record.media.since(life.counted));
  write_note(*with_.services->journal, record.call, *record.ended, call_moment::ended,
             words(to_string(*record.reason), record.end_detail));
}

void call_supervisor_state::remember(call_table::ended&& call) {
  call.since = now();
  if (with_.table->finished) with_.table->finished->add(call.state.record.call);
  call.state.sealed_keys.clear();  // nobody needs them any more
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
  if (!oldest.empty() && oldest.mapped().offered) table.tickets.erase(oldest.mapped().state.current_ticket->id);
  // A younger one's checkpoint stays in the store, which forgets it in its time: the next life may be asked for it.
  if (!oldest.empty() && now() - oldest.mapped().since >= call_database::ended_kept_for)
    with_.services->journal->forget(oldest.key());
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

void call_supervisor_state::answer_from_memory(call_table::ended& call, open_question question) {
  if (call.state.account.empty()) call.state.account = question.account;  // of a call that is only a record
  if (call.tenant_unknown && question.tenant) {
    call.tenant = question.tenant;
    call.tenant_unknown = false;
  }
  if (call.tenant_unknown && !model::twilio::is_final(question.asked.status))
    return find_tenant_first(call, std::move(question));
  question.to.deliver(answer_ended(call, question.asked));
}

call_answer call_supervisor_state::answer_ended(call_table::ended& call, const connect_action& asked) {
  if (const auto* const same = call.answered.find(asked.token)) return *same;
  const auto came = std::exchange(call.unheard, {});
  const auto news = asked.news == model::fallback_news::none ? came : asked.news;
  if (model::twilio::is_final(asked.status)) {
    take_news(call.state, news, *with_.services->journal, call.clock.at(now()));
    call.caller_gone = call.over = true;
    settle(call);
    return {call_answer::verb::nothing};
  }
  if (comes_back(call, asked)) {
    auto answer = with_.table->stopping && asked.redirects < max_redirects
                      ? send_on(call_answer::verb::redirect_voice, asked.redirects)
                      : offer_return(call);
    call.answered.add(asked.token, answer);
    return answer;
  }
  const auto before = call.state.fallback;
  call.since = now();
  auto answer = next_fallback(call.state, call.tenant.get(), news, call.answered, *with_.services->journal,
                              *with_.services->counters, call.clock.at(now()));
  if (before != call.state.fallback || news != model::fallback_news::none) settle(call);
  call.answered.add(asked.token, answer);
  return answer;
}

/// The caller hung up, as far as his stream said; a redirect took him away then, and another brings him back. A call
/// that Twilio reported as over does not come back, nor does one whose first webhook is sent again.
bool call_supervisor_state::comes_back(const call_table::ended& call, const connect_action& asked) const {
  return asked.voice && asked.status == model::twilio::call_status::in_progress && !call.over &&
         call.state.record.reason == end_reason::caller_hung_up &&
         call.state.new_streams < supervision::max_new_streams;
}

/// Nothing else happens before that stream comes: for an old webhook sent again it never does.
call_answer call_supervisor_state::offer_return(call_table::ended& call) {
  auto& table = *with_.table;
  auto& ticket = call.state.current_ticket;
  if (!call.offered || !ticket || now() >= ticket->expires) {
    if (call.offered && ticket) table.tickets.erase(ticket->id);
    ticket = {with_.services->make_ticket(), now() + ticket_life, false};
    table.tickets.emplace(ticket->id, call.state.record.call);
    call.offered = true;
  }
  return call_answer::with_stream(ticket->id);
}

/// A fallback that was under way when the node went: its tenant is looked up first.
void call_supervisor_state::find_tenant_first(call_table::ended& call, open_question question) {
  ask_registry(call.state.record.to, [this, question](const found_in_registry& found) mutable {
    const auto known = with_.table->memory.find(question.asked.call);
    if (known == with_.table->memory.end()) return answer(std::move(question));
    auto& ended = known->second;
    if (found.failed && question.asked.redirects < max_redirects) {
      if (question.asked.news != model::fallback_news::none) ended.unheard = question.asked.news;
      question.to.deliver(call_answer::redirect(call_answer::verb::redirect_connect, question.asked.redirects));
      return;
    }
    ended.tenant = found.tenant;
    ended.tenant_unknown = found.failed;
    question.to.deliver(answer_ended(ended, question.asked));
  });
}

void call_supervisor_state::ask_registry(const std::string& called, registry_answered then, unsigned further_tries) {
  ask(self, with_.registry, registry_limit, find_tenant{model::number_in(called).value_or(called)})
      .then(
          [then](const found_tenant& found) {
            then({false, found.tenant});
          },
          [this, called, then, further_tries](const caf::error&) {
            if (further_tries == 0) return then({true, nullptr});
            self->delayed_send(self, registry_pause,
                               do_later{[=, this] { ask_registry(called, then, further_tries - 1); }});
          });
}

void call_supervisor_state::on(const recording_reported& reported) {
  const auto& recording = reported.recording;
  const auto found = with_.table->memory.find(reported.call);
  const bool known = found != with_.table->memory.end();
  const auto at = (known ? found->second.clock : new_clock()).at(now());
  write_note(*with_.services->journal, reported.call, at, call_moment::voicemail,
             recording.recording_sid + ", " + std::to_string(recording.seconds) + " s, " + recording.status);
  if (recording.status == "absent") return;
  const model::call_record::voicemail_message message{recording.recording_sid, recording.url, recording.seconds, at};
  if (!known) return with_.services->journal->voicemail({reported.call, message});
  if (model::add_voicemail(found->second.state.record, message)) settle(found->second);
}

// --- calls that wait for their callers
// ---------------------------------------------------------------------------------------------

void call_supervisor_state::restore(const restore_calls& former) {
  with_.table->finished = former.finished;
  for (const auto& state : former.calls) {
    if (!is_known(state.record.call)) restore(state);  // it is, where the store was late
  }
}

void call_supervisor_state::restore(const model::call_checkpoint& state) {
  auto& table = *with_.table;
  const auto& sid = state.record.call;
  if (state.record.state == call_state::ended) return restore_ended(state);
  auto life = std::make_shared<call_lifeline>();
  life->state = state;
  life->clock = clock_of(state);
  life->counters->restore(state.record.media);
  if (auto& ticket = life->state.current_ticket; ticket && !ticket->used) {
    ticket->expires = now() + ticket_life;  // how much of it is left nobody knows
    table.tickets.emplace(ticket->id, sid);
  }
  table.waiting.emplace(sid, call_table::dormant{std::move(life), now()});
}

/// How long ago it ended nobody knows for sure, the wall clock may be wrong: it counts from now.
void call_supervisor_state::restore_ended(const model::call_checkpoint& state) {
  const auto wall = with_.services->wall_clock();
  call_table::ended call{state, nullptr, true, now()};
  call.clock = {std::max(wall, state.record.ended.value_or(wall)), now()};
  keep_in_memory(std::move(call));
}

model::call_clock call_supervisor_state::clock_of(const model::call_checkpoint& former) const {
  const auto wall = with_.services->wall_clock();
  return model::call_clock::resumed(former.saved.value_or(wall), wall, now());
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
  end_without_actor(life, reason, detail);
  auto ended = ended_of(life);
  ended.tenant_unknown = ended.tenant == nullptr;
  ended.over = reason == end_reason::caller_hung_up;  // Twilio said so
  remember(std::move(ended));
}

void call_supervisor_state::wake(const model::call_sid& call, tenant_ptr tenant, registry_answered then) {
  const auto with_tenant = [this, call, then](const found_in_registry& found) {
    auto& table = *with_.table;
    if (const auto live = table.calls.find(call); live != table.calls.end())
      return then({false, live->second.life->tenant});
    if (!found.tenant) return then(found);
    auto waiting = table.waiting.extract(call);
    if (waiting.empty()) return then({});
    auto life = waiting.mapped().life;
    life->tenant = found.tenant;
    call_log::info(life->state.record, {"back: it goes on from its checkpoint"});
    with_.services->counters->call_resumed(metrics::resumption::store);
    start(std::move(life), live_call::beginning::from_store);
    then(found);
  };
  if (tenant) return with_tenant({false, std::move(tenant)});
  ask_registry(with_.table->waiting.at(call).life->state.record.to, with_tenant);
}

void call_supervisor_state::bring_back(const model::call_sid& call, std::function<void()> then) {
  const auto known = with_.table->memory.find(call);
  if (known == with_.table->memory.end() || now() >= known->second.state.current_ticket->expires) return then();
  ask_registry(known->second.state.record.to, [this, call, then](const found_in_registry& found) {
    auto& table = *with_.table;
    auto ended = found.tenant ? table.memory.extract(call) : decltype(table.memory)::node_type{};
    if (ended.empty()) return then();
    std::erase(table.memory_order, call);
    auto life = std::make_shared<call_lifeline>();
    life->tenant = found.tenant;
    life->state = std::move(ended.mapped().state);
    life->answered = std::move(ended.mapped().answered);
    life->clock = ended.mapped().clock;
    const auto at = life->clock.at(now());
    life->away = ended.mapped().away + (at - life->state.record.ended.value_or(at));
    life->state.agent_said_goodbye = false;  // to the caller who hung up then
    auto& record = life->state.record;
    life->counted = record.media;
    life->counters->restore(record.media);
    record.state = call_state::stranded;
    record.reason.reset();
    record.troubled.reset();
    record.end_detail.clear();
    record.ended.reset();
    ++life->state.new_streams;
    call_log::info(record, {"goes on: its caller is back on the line"});
    with_.services->counters->call_resumed(metrics::resumption::hang_up);
    start(std::move(life), live_call::beginning::caller_back);
    then();
  });
}

}  // namespace tonris::actors
