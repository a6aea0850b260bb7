#include "actors/call_supervisor.hpp"

#include <algorithm>
#include <utility>

#include "actors/call_log.hpp"
#include "actors/fallback.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/crash.hpp"

namespace tonris::actors {

using model::call_moment;
using model::call_state;
using model::end_reason;
using model::fallback_step;

namespace {

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
  check_dormant();
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
      [this](const count_calls&) { return count(); },
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
  services.troubles->count(reason);
  call_table::ended call{checkpoint_of(request, tenant, {}, now()), tenant, false};
  auto& record = call.state.record;
  record.state = call_state::ended;
  record.ended = record.started;
  record.reason = reason;
  call_log::refused(record);
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
  if (table.stopping && asked.redirects < max_redirects) {
    table.waiting.at(asked.call).sent_on = true;
    return message_of(call_answer::redirect(call_answer::what::redirect_connect, asked.redirects));
  }
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
    call_log::error(life->state.record, {"its actor crashed and is restarted"});
    with_.services->counters->call_resumed(metrics::resumption::crash);
    if (!ticket.id.empty()) life->state.current_ticket = ticket;
    start(life, live_call::beginning::after_crash);
    return;
  }
  call_log::error(life->state.record, {"given up: its actor crashes again and again"});
  bury(life);
}

/// The call's actor cannot be had any more: both legs go, and Twilio asks connect-action.
void call_supervisor_state::bury(const std::shared_ptr<call_lifeline>& life) {
  for (const auto& leg : {life->caller_leg, life->agent_leg, life->second_agent_leg})
    if (leg) self->send(leg, close_leg{1011});
  life->state.record.media = life->counters->read();
  end_without_actor(life->state.record, end_reason::internal_error,
                    "the call's own actor crashed beyond its budget of restarts");
  remember({std::move(life->state), life->tenant, false});
}

live_count call_supervisor_state::count() const {
  const auto& table = *with_.table;
  const auto still_asks = [this](model::call_record::time since, fallback_step at) {
    return now() - since < model::asks_within(at);
  };
  const auto ended = std::count_if(table.memory.begin(), table.memory.end(), [&](const auto& call) {
    return !call.second.caller_gone && still_asks(call.second.since, call.second.state.fallback);
  });
  const auto handed_over = std::count_if(table.waiting.begin(), table.waiting.end(), [&](const auto& call) {
    return !call.second.sent_on && still_asks(call.second.since, fallback_step::not_begun);
  });
  return {table.calls.size(), static_cast<std::size_t>(ended + handed_over)};
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

}  // namespace tonris::actors
