#include "actors/call_supervisor.hpp"

#include <utility>
#include <vector>

#include "actors/call_database.hpp"
#include "actors/fallback.hpp"
#include "actors/log.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/crash.hpp"
#include "model/phone_number.hpp"
#include "model/twiml.hpp"
#include "model/voicemail.hpp"

namespace tonris::actors {

using model::call_moment;
using model::call_state;
using model::end_reason;
using model::fallback_step;

namespace {

constexpr std::chrono::seconds registry_limit{1};
constexpr std::chrono::seconds dormant_hop{5};

model::call_checkpoint checkpoint_of(const model::twilio::voice_request& request, const tenant_ptr& tenant,
                                     const model::agent_id& agent, model::call_record::time now) {
  model::call_checkpoint state;
  state.account = request.account;
  state.caller_name = request.caller_name;
  auto& record = state.record;
  record.call = request.call;
  if (tenant) record.tenant = tenant->id;
  record.direction = request.direction.empty() ? "inbound" : request.direction;
  record.from = request.from;
  record.to = request.to;
  record.agent = agent;
  record.started = now;
  return state;
}

call_answer stream_with(const model::ticket& ticket) {
  call_answer answer{call_answer::what::stream};
  answer.ticket = ticket;
  return answer;
}

caf::message message_of(call_answer answer) {
  return caf::make_message(std::move(answer));
}

}  // namespace

caf::behavior call_supervisor(caf::stateful_actor<call_supervisor_state>* self, call_supervisor_state::config with) {
  return self->state.make_behavior(std::move(with));
}

caf::behavior supervised_calls(caf::stateful_actor<supervised_state>* self, supervised_state::config with) {
  return supervised<start_call, refuse_call, redeem_ticket, ticket_issued, connect_action, call_status_changed,
                    stream_reported, recording_reported, describe_call, call_finished, end_call, stop_taking_calls,
                    hand_over_calls, restore_calls, count_calls>(self, std::move(with));
}

caf::behavior call_supervisor_state::make_behavior(config with) {
  with_ = std::move(with);
  auto& counters = *with_.services->counters;
  self->set_exception_handler([&counters](std::exception_ptr& thrown) { return crash_error(thrown, counters, name); });
  self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  with_.table->reserve(with_.max_calls);
  for (const auto& [sid, call] : with_.table->calls) {  // of the incarnation before
    self->monitor(call.call);
    self->send(call.call, repeat_last_word{});
  }
  self->delayed_send(self, caf::timespan{dormant_hop}, dormant_check{});
  return {
      [this](const start_call& m) { return on(m); },
      [this](const refuse_call& m) {
        const auto found = with_.table->memory.find(m.request.call);
        return found != with_.table->memory.end() ? answer_ended(found->second, {m.request.call, m.request.status})
                                                  : refuse(m.request, m.tenant, m.reason);
      },
      [this](const redeem_ticket& m) { return on(m); },
      [this](const ticket_issued& m) {
        const auto call = with_.table->calls.find(m.call);
        if (call == with_.table->calls.end()) return;
        with_.table->tickets.erase(call->second.ticket.id);
        call->second.ticket = {m.ticket, now() + ticket_life, false};
        with_.table->tickets.emplace(m.ticket, m.call);
      },
      [this](const call_finished& m) { on(m); },
      [this](const connect_action& m) { return on(m); },
      [this](const call_status_changed& m) { on(m); },
      [this](const stream_reported& m) {
        if (const auto call = with_.table->calls.find(m.status.call); call != with_.table->calls.end())
          self->send(call->second.call, m);
      },
      [this](const recording_reported& m) { on(m); },
      [this](const describe_call& m) { return on(m); },
      [this](const end_call& m) {
        for (const auto& [sid, call] : with_.table->calls) self->send(call.call, m);
      },
      [this](const stop_taking_calls&) { with_.table->stopping = true; },
      [this](const hand_over_calls&) {
        with_.table->handing_over = true;
        for (const auto& [sid, call] : with_.table->calls) self->send(call.call, hand_over{});
      },
      [this](const restore_calls& m) { restore(m); },
      [this](const dormant_check&) { check_dormant(); },
      [this](const count_calls&) {
        const auto& [sids, memory] = std::tie(with_.table->calls, with_.table->memory);
        const auto questions =
            std::count_if(memory.begin(), memory.end(), [this](const auto& call) { return is_awaited(call.second); });
        return live_count{sids.size(), static_cast<std::size_t>(questions)};
      },
  };
}

caf::actor call_supervisor_state::address() const {
  return with_.address ? with_.address : caf::actor_cast<caf::actor>(self);
}

// --- new calls
// ----------------------------------------------------------------------------------------------------------

call_supervisor_state::reply call_supervisor_state::on(const start_call& wanted) {
  const auto& sid = wanted.request.call;
  auto& table = *with_.table;
  if (const auto call = table.calls.find(sid); call != table.calls.end())
    return message_of(stream_with(call->second.ticket.id));  // Twilio's retry: the same answer again
  if (const auto ended = table.memory.find(sid); ended != table.memory.end())
    return message_of(answer_ended(ended->second, {sid, wanted.request.status}));
  if (table.waiting.count(sid) > 0) return on(connect_action{sid, wanted.request.status, {}, wanted.redirects});
  if (table.stopping && wanted.redirects < max_redirects)
    return message_of(call_answer::redirect(call_answer::what::redirect_voice, wanted.redirects));
  if (table.stopping) return message_of(refuse(wanted.request, wanted.tenant, end_reason::shutdown));
  if (table.calls.size() >= with_.max_calls)
    return message_of(refuse(wanted.request, wanted.tenant, end_reason::node_full));
  if (const auto too_much = with_.overloaded()) return message_of(refuse(wanted.request, wanted.tenant, *too_much));
  auto life = std::make_shared<call_lifeline>();
  life->tenant = wanted.tenant;
  life->state = checkpoint_of(wanted.request, wanted.tenant, wanted.agent, now());
  life->state.current_ticket = {with_.services->make_ticket(), now() + ticket_life, false};
  with_.services->counters->call_started();
  return message_of(stream_with(start(std::move(life), live_call::beginning::fresh).ticket.id));
}

call_table::live& call_supervisor_state::start(std::shared_ptr<call_lifeline> life, live_call::beginning how) {
  auto& table = *with_.table;
  const auto sid = life->state.record.call;
  call_table::live fresh;
  fresh.life = life;
  if (life->state.current_ticket) {
    fresh.ticket = *life->state.current_ticket;
    table.tickets.insert_or_assign(fresh.ticket.id, sid);
  }
  fresh.call = self->spawn<caf::monitored>(call_actor, live_call::config{address(), with_.services, life, how});
  table.sid_of.emplace(fresh.call.address(), sid);
  auto& placed = table.calls.insert_or_assign(sid, std::move(fresh)).first->second;
  count_live();
  return placed;
}

call_answer call_supervisor_state::refuse(const model::twilio::voice_request& request, const tenant_ptr& tenant,
                                          end_reason reason) {
  auto& services = *with_.services;
  services.counters->call_refused(reason);
  log::warn({"Call ", request.call.value, " refused: ", to_string(reason)});
  call_table::ended call{checkpoint_of(request, tenant, {}, now()), tenant, false};
  auto& record = call.state.record;
  record.state = call_state::ended;
  record.ended = record.started;
  record.reason = reason;
  write_note(*services.journal, request.call, now(), call_moment::webhook, tenant ? "tenant " + tenant->id.value : "");
  write_note(*services.journal, request.call, now(), call_moment::refused, to_string(reason));
  auto answer =
      next_fallback(call.state, tenant.get(), model::fallback_news::none, *services.journal, *services.counters, now());
  if (tenant)
    remember(std::move(call));
  else
    settle(call);  // nothing can follow; the number may be somebody's when Twilio asks again
  return answer;
}

// --- Twilio's questions and reports
// --------------------------------------------------------------------------------------

redeemed_ticket call_supervisor_state::redeem(const model::ticket& shown) {
  const auto ticket = with_.table->tickets.find(shown);
  if (ticket == with_.table->tickets.end()) return {redeemed_ticket::what::unknown, {}};
  const auto call = with_.table->calls.find(ticket->second);
  if (call == with_.table->calls.end()) return {redeemed_ticket::what::unknown, {}};
  auto& known = call->second.ticket;
  if (known.used) return {redeemed_ticket::what::used, {}};
  if (now() > known.expires) return {redeemed_ticket::what::unknown, {}};
  known.used = true;
  return {redeemed_ticket::what::ok, call->second.call};
}

call_supervisor_state::reply call_supervisor_state::on(const redeem_ticket& shown) {
  const auto ticket = with_.table->tickets.find(shown.ticket);
  if (ticket == with_.table->tickets.end() || with_.table->waiting.count(ticket->second) == 0)
    return caf::make_message(redeem(shown.ticket));
  // Refused, Twilio asks connect-action, and is sent to another node.
  if (with_.table->handing_over) return caf::make_message(redeemed_ticket{});
  auto promise = self->make_response_promise<redeemed_ticket>();
  wake(ticket->second, [this, promise, id = shown.ticket](const caf::actor&) mutable { promise.deliver(redeem(id)); });
  return caf::delegated<caf::message>{};
}

call_supervisor_state::reply call_supervisor_state::on(const connect_action& asked) {
  auto& table = *with_.table;
  if (const auto call = table.calls.find(asked.call); call != table.calls.end())
    return self->delegate(call->second.call, asked);
  if (const auto call = table.memory.find(asked.call); call != table.memory.end()) {
    if (!call->second.tenant_unknown) return message_of(answer_ended(call->second, asked));
    return find_tenant_first(call->second, asked);
  }
  const bool over = model::twilio::is_final(asked.status);
  if (table.waiting.count(asked.call) == 0) {
    if (over) return message_of({call_answer::what::nothing});
    // In progress, and nobody here knows it: silence would be the worst answer.
    call_answer answer{call_answer::what::say};
    answer.text = default_sentence(end_reason::internal_error);
    return message_of(std::move(answer));
  }
  if (over) {
    close_dormant(asked.call, end_reason::caller_hung_up, "Twilio reported the call's end while nobody was there");
    return message_of({call_answer::what::nothing});
  }
  if (table.stopping && asked.redirects < max_redirects)
    return message_of(call_answer::redirect(call_answer::what::redirect_connect, asked.redirects));
  if (table.stopping) {
    close_dormant(asked.call, end_reason::shutdown, "no other node took the call");
    return on(asked);
  }
  auto promise = self->make_response_promise<call_answer>();
  wake(asked.call, [this, promise, asked](const caf::actor& call) mutable {
    if (call) {
      ask(self, call, std::chrono::seconds{1}, asked)
          .then([promise](const call_answer& answer) mutable { promise.deliver(answer); },
                [promise](const caf::error& why) mutable { promise.deliver(why); });
      return;
    }
    close_dormant(asked.call, end_reason::registry_down, "the call came back, but its tenant could not be found");
    call_answer answer{call_answer::what::say};
    answer.text = default_sentence(end_reason::registry_down);
    promise.deliver(std::move(answer));
  });
  return caf::delegated<caf::message>{};
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

void call_supervisor_state::on(const call_status_changed& changed) {
  auto& table = *with_.table;
  if (const auto call = table.calls.find(changed.call); call != table.calls.end())
    return self->send(call->second.call, changed);
  if (!model::twilio::is_final(changed.status)) return;
  if (table.waiting.count(changed.call) > 0)
    return close_dormant(changed.call, end_reason::caller_hung_up,
                         "Twilio reported the call's end while nobody was there");
  const auto ended = table.memory.find(changed.call);
  if (ended == table.memory.end()) return;
  ended->second.caller_gone = true;
  with_.services->journal->forget(changed.call);
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

call_supervisor_state::reply call_supervisor_state::on(const describe_call& wanted) {
  const auto& table = *with_.table;
  if (const auto call = table.calls.find(wanted.call); call != table.calls.end())
    return self->delegate(call->second.call, wanted);
  if (const auto call = table.memory.find(wanted.call); call != table.memory.end())
    return caf::make_message(call_description{to_json(call->second.state.record)});
  if (const auto call = table.waiting.find(wanted.call); call != table.waiting.end())
    return caf::make_message(call_description{to_json(call->second.life->state.record)});
  return caf::make_message(call_description{});
}

// --- calls that end or crash
// ---------------------------------------------------------------------------------------------

void call_supervisor_state::on(const call_finished& finished) {
  const auto found = with_.table->calls.find(finished.call);
  if (found == with_.table->calls.end()) return;
  self->send(found->second.call, call_forgotten{});
  const auto life = found->second.life;
  forget_live(finished.call);
  if (!finished.handed_over) return remember({std::move(life->state), life->tenant, false});
  with_.table->waiting.insert_or_assign(finished.call, call_table::dormant{life, now()});
}

void call_supervisor_state::on_down(const caf::down_msg& down) {
  const auto found = with_.table->sid_of.find(caf::actor_cast<caf::actor_addr>(down.source));
  if (found == with_.table->sid_of.end()) return;  // said call_finished before
  const auto sid = found->second;
  const auto life = with_.table->calls.at(sid).life;
  const auto ticket = with_.table->calls.at(sid).ticket;
  forget_live(sid);
  write_note(*with_.services->journal, sid, now(), call_moment::crashed, "the call's own actor");
  if (is_crash(down.reason) && life->call_budget.take(self->clock().now()).granted) {
    log::error({"Call ", sid.value, ": its actor crashed and is restarted"});
    with_.services->counters->call_resumed(metrics::resumption::crash);
    if (!ticket.id.empty()) life->state.current_ticket = ticket;
    start(life, live_call::beginning::after_crash);
    return;
  }
  log::error({"Call ", sid.value, " is given up: its actor crashes again and again"});
  bury(life);
}

/// The call's actor cannot be had any more: both legs go, and Twilio asks connect-action.
void call_supervisor_state::bury(const std::shared_ptr<call_lifeline>& life) {
  for (const auto& leg : {life->caller_leg, life->agent_leg})
    if (leg) self->send(leg, close_leg{1011});
  life->state.record.media = life->counters->read();
  end_without_actor(life->state.record, end_reason::internal_error,
                    "the call's own actor crashed beyond its budget of restarts");
  remember({std::move(life->state), life->tenant, false});
}

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
  log::info({"Call ", record.call.value, " ended: ", to_string(*record.reason), " (by ", to_string(who(*record.reason)),
             ") ", record.end_detail});
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

/// Whether Twilio has still to ask what comes next: its stream was just closed, or what it was told takes its time.
bool call_supervisor_state::is_awaited(const call_table::ended& call) const {
  if (call.caller_gone) return false;
  const auto silent = now() - call.since;
  switch (call.state.fallback) {
    case fallback_step::not_begun: return silent < last_question_limit;
    case fallback_step::transferring:
      return silent < std::chrono::seconds{model::twiml::transfer{}.ring_seconds} + last_question_limit;
    case fallback_step::taking_message: return silent < model::twiml::longest_message + last_question_limit;
    case fallback_step::over: return false;
  }
  return false;
}

void call_supervisor_state::forget_live(const model::call_sid& call) {
  auto& table = *with_.table;
  const auto found = table.calls.find(call);
  if (found == table.calls.end()) return;
  table.tickets.erase(found->second.ticket.id);
  table.sid_of.erase(found->second.call.address());
  table.calls.erase(found);
  count_live();
}

void call_supervisor_state::count_live() {
  with_.services->counters->set_live_calls(with_.table->calls.size());
}

// --- calls without an actor
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
  end_without_actor(life.state.record, reason, detail);
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
    log::info({"Call ", call.value, " is back: it goes on from its checkpoint"});
    with_.services->counters->call_resumed(metrics::resumption::store);
    then(start(std::move(life), live_call::beginning::from_store).call);
  });
}

}  // namespace tonris::actors
