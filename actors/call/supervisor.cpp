#include "actors/call/supervisor.hpp"

#include <algorithm>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/crash.hpp"
#include "actors/runtime/guard.hpp"

namespace tonris::actors {

using model::call_moment;
using model::call_state;
using model::end_reason;
using model::fallback_step;

namespace {

model::call_checkpoint checkpoint_of(const model::twilio::voice_request& request, const tenant_ptr& tenant,
                                     const model::agent_id& agent, model::call_record::time now, bool from_tenant) {
  model::call_checkpoint state;
  state.from_tenant = from_tenant;
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

// Within what the webhook waits for us (actors/web/twilio_webhooks.cpp).
constexpr std::chrono::milliseconds question_limit{1400};

caf::message message_of(call_answer answer) {
  return caf::make_message(std::move(answer));
}

}  // namespace

caf::behavior supervise_calls(caf::stateful_actor<call_supervisor_state>* self, call_supervisor_state::config with) {
  return self->state.make_behavior(std::move(with));
}

caf::behavior call_supervisor_state::make_behavior(config with) {
  with_ = std::move(with);
  guard(self, *with_.services->counters);
  self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  with_.table->reserve(with_.max_calls);
  for (auto& [sid, call] : with_.table->calls) {  // of the incarnation before
    self->monitor(call.call);
    self->send(call.call, repeat_last_word{});
    call.unanswered.clear();  // were asked of that one
  }
  check_dormant();
  return {
      [this](const start_call& m) { return on(m); },
      [this](const refuse_call& m) { return on(m); },
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
      [this](const hand_over_calls&) { begin_hand_over(); },
      [this](const restore_calls& m) { restore(m); },
      [this](const dormant_check&) { check_dormant(); },
      [](const do_later& m) { m.what(); },
      [this](const count_calls&) { return count(); },
  };
}

caf::actor call_supervisor_state::address() const {
  return with_.address ? caf::actor_cast<caf::actor>(with_.address) : caf::actor_cast<caf::actor>(self);
}

/// What of a call is remembered; its lifeline is not used any more.
call_table::ended call_supervisor_state::ended_of(call_lifeline& life) {
  call_table::ended call{std::move(life.state), life.tenant};
  call.over = life.over;
  call.answered = std::move(life.answered);
  call.away = life.away;
  call.clock = life.clock;
  return call;
}

// --- new calls
// ----------------------------------------------------------------------------------------------------------

/// Twilio asks with the voice webhook about a call that is known already: its retry, a redirect that brings the caller
/// back, the number's fallback address. What is answered follows from the call.
call_supervisor_state::reply call_supervisor_state::on(const start_call& wanted) {
  const auto& sid = wanted.request.call;
  if (!is_known(sid) && !is_stored(sid)) return message_of(begin(wanted));
  return put({{sid, wanted.request.status, wanted.news, wanted.redirects, wanted.token, true},
              {},
              [this, wanted] { return begin(wanted); },
              wanted.tenant,
              wanted.request.account});
}

call_supervisor_state::reply call_supervisor_state::on(const refuse_call& wanted) {
  const auto& sid = wanted.request.call;
  const auto refused = [this, wanted] { return refuse(wanted); };
  if (!is_known(sid) && !is_stored(sid)) return message_of(refused());
  return put({{sid, wanted.request.status, wanted.news, max_redirects, wanted.token, true},
              {},
              refused,
              wanted.tenant,
              wanted.request.account});
}

call_answer call_supervisor_state::begin(const start_call& wanted) {
  auto& table = *with_.table;
  if (table.stopping && wanted.redirects < max_redirects)
    return send_on(call_answer::verb::redirect_voice, wanted.redirects);
  const auto refused = [&](end_reason reason) {
    return refuse({wanted.request, wanted.tenant, reason, wanted.news, wanted.token, wanted.from_tenant});
  };
  if (table.stopping) return refused(end_reason::shutdown);
  if (table.calls.size() >= with_.max_calls) return refused(end_reason::node_full);
  if (const auto too_much = with_.overloaded()) return refused(*too_much);
  auto life = std::make_shared<call_lifeline>();
  life->tenant = wanted.tenant;
  life->clock = new_clock();
  life->state = checkpoint_of(wanted.request, wanted.tenant, wanted.agent, life->clock.at(now()), wanted.from_tenant);
  life->state.current_ticket = {with_.services->make_ticket(), now() + ticket_life, false};
  with_.services->counters->call_started();
  auto answer = call_answer::with_stream(life->state.current_ticket->id);
  life->answered.add(wanted.token, answer);
  start(std::move(life), live_call::beginning::fresh);
  return answer;
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
  fresh.call = self->spawn<caf::monitored>(
      run_call, live_call::config{caf::actor_cast<call_owner>(address()), with_.services, life, how});
  table.sid_of.emplace(fresh.call.address(), sid);
  if (table.handing_over) self->send(fresh.call, hand_over{table.redirect_pause});
  auto& placed = table.calls.insert_or_assign(sid, std::move(fresh)).first->second;
  count_live();
  return placed;
}

call_answer call_supervisor_state::refuse(const refuse_call& what) {
  const auto& request = what.request;
  const auto& tenant = what.tenant;
  const auto reason = what.reason;
  auto& services = *with_.services;
  services.counters->call_refused(reason);
  services.troubles->count(reason);
  const auto clock = new_clock();
  const auto at = clock.at(now());
  call_table::ended call{checkpoint_of(request, tenant, {}, at, what.from_tenant), tenant};
  call.clock = clock;
  auto& record = call.state.record;
  record.state = call_state::ended;
  record.ended = record.started;
  record.reason = reason;
  call_log::refused(record);
  write_note(*services.journal, request.call, at, call_moment::webhook, tenant ? "tenant " + tenant->id.value : "");
  write_note(*services.journal, request.call, at, call_moment::refused, to_string(reason));
  auto answer = next_fallback(call.state, tenant.get(), model::fallback_news::none, call.answered, *services.journal,
                              *services.counters, at);
  call.answered.add(what.token, answer);
  if (tenant && after(reason) != model::aftermath::hang_up)
    remember(std::move(call));
  else
    settle(call);  // nothing can follow; the number may be somebody's when Twilio asks again
  return answer;
}

// --- Twilio's questions and reports
// --------------------------------------------------------------------------------------

redeemed_ticket call_supervisor_state::redeem(const model::ticket& shown) {
  const auto ticket = with_.table->tickets.find(shown);
  if (ticket == with_.table->tickets.end()) return {redeemed_ticket::outcome::unknown, {}};
  const auto call = with_.table->calls.find(ticket->second);
  if (call == with_.table->calls.end()) return {redeemed_ticket::outcome::unknown, {}};
  auto& known = call->second.ticket;
  if (known.used) return {redeemed_ticket::outcome::used, {}};
  if (now() > known.expires) return {redeemed_ticket::outcome::unknown, {}};
  known.used = true;
  return {redeemed_ticket::outcome::ok, call->second.call};
}

call_supervisor_state::reply call_supervisor_state::on(const redeem_ticket& shown) {
  auto& table = *with_.table;
  const auto ticket = table.tickets.find(shown.ticket);
  if (ticket == table.tickets.end() || table.calls.count(ticket->second) > 0)
    return caf::make_message(redeem(shown.ticket));
  // Refused, Twilio asks connect-action, and is sent to another node.
  if (table.handing_over) return caf::make_message(redeemed_ticket{});
  auto promise = self->make_response_promise<redeemed_ticket>();
  const std::function<void()> then = [this, promise, id = shown.ticket]() mutable { promise.deliver(redeem(id)); };
  if (table.waiting.count(ticket->second) > 0)
    wake(ticket->second, nullptr, [then](const found_in_registry&) { then(); });
  else
    bring_back(ticket->second, then);
  return caf::delegated<caf::message>{};
}

call_supervisor_state::reply call_supervisor_state::on(const connect_action& asked) {
  return put({asked, {}, [over = model::twilio::is_final(asked.status)] {
                call_answer answer{over ? call_answer::verb::nothing : call_answer::verb::say};
                // In progress, and nobody here knows it: silence would be the worst answer.
                if (!over) answer.text = default_sentence(end_reason::internal_error);
                return answer;
              }});
}

call_supervisor_state::reply call_supervisor_state::put(open_question question) {
  question.to = self->make_response_promise<call_answer>();
  answer(std::move(question));
  return caf::delegated<caf::message>{};
}

bool call_supervisor_state::is_known(const model::call_sid& call) const {
  const auto& table = *with_.table;
  return table.calls.count(call) > 0 || table.memory.count(call) > 0 || table.waiting.count(call) > 0;
}

bool call_supervisor_state::is_stored(const model::call_sid& call) const {
  return with_.store && (!with_.table->finished || with_.table->finished->perhaps(call));
}

void call_supervisor_state::answer(open_question question) {
  auto& table = *with_.table;
  const auto& sid = question.asked.call;
  if (table.calls.count(sid) > 0) return ask_call(std::move(question));
  if (const auto call = table.memory.find(sid); call != table.memory.end())
    return answer_from_memory(call->second, std::move(question));
  if (table.waiting.count(sid) > 0) return ask_dormant(std::move(question));
  if (is_stored(sid)) return ask_store(std::move(question));
  question.to.deliver(question.when_unknown());
}

/// One that crashes before it has answered is asked again in its next life, or its memory is.
void call_supervisor_state::ask_call(open_question question) {
  const auto& sid = question.asked.call;
  const call_actor call = with_.table->calls.at(sid).call;
  ask(self, call, question_limit, question.asked)
      .then([question](const call_answer& decided) mutable { question.to.deliver(decided); },
            [this, question, call](const caf::error& why) mutable {
              if (why == caf::sec::request_timeout) {
                question.to.deliver(why);
                return;
              }
              const auto live = with_.table->calls.find(question.asked.call);
              if (live == with_.table->calls.end() || live->second.call != call) return answer(std::move(question));
              live->second.unanswered.push_back(std::move(question));  // news of its death are on their way
            });
}

void call_supervisor_state::ask_dormant(open_question question) {
  auto& table = *with_.table;
  const auto& asked = question.asked;
  if (model::twilio::is_final(asked.status)) {
    close_dormant(asked.call, end_reason::caller_hung_up, "Twilio reported the call's end while nobody was there");
    question.to.deliver(call_answer{call_answer::verb::nothing});
    return;
  }
  if (table.stopping && asked.redirects < max_redirects) {
    table.waiting.at(asked.call).sent_on = true;
    question.to.deliver(send_on(call_answer::verb::redirect_connect, asked.redirects));
    return;
  }
  if (table.stopping) {
    close_dormant(asked.call, end_reason::shutdown, "no other node took the call");
    return answer(std::move(question));
  }
  wake(asked.call, question.tenant, [this, question](const found_in_registry& found) mutable {
    const auto& sid = question.asked.call;
    const auto waiting = with_.table->waiting.find(sid);
    if (waiting == with_.table->waiting.end()) return answer(std::move(question));
    if (found.failed && question.asked.redirects < max_redirects) {
      waiting->second.since = now();
      question.to.deliver(call_answer::redirect(call_answer::verb::redirect_connect, question.asked.redirects));
      return;
    }
    const auto reason = found.failed ? end_reason::registry_down : end_reason::unknown_number;
    close_dormant(sid, reason,
                  found.failed ? "the call came back, but its tenant could not be looked up"
                               : "the call came back, but its number is no tenant's any more");
    call_answer answer{call_answer::verb::say};
    answer.text = default_sentence(reason);
    question.to.deliver(std::move(answer));
  });
}

/// A finished call of a former life of this node, or one that 2,000 others have pushed out of the memory.
void call_supervisor_state::ask_store(open_question question) {
  const std::function<void()> go_on = [this, question]() mutable {
    if (is_known(question.asked.call)) return answer(std::move(question));
    question.to.deliver(question.when_unknown());
  };
  ask(self, with_.store, stored_call_limit, find_call{question.asked.call})
      .then(
          [this, go_on, sid = question.asked.call](const found_call& found) {
            if (found.state && !is_known(sid)) restore(*found.state);
            go_on();
          },
          [go_on, sid = question.asked.call, tenant = question.tenant](const caf::error&) {
            call_log::warn(sid, tenant, {"the store does not say whether it has been here"});
            go_on();
          });
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
  ended->second.caller_gone = ended->second.over = true;
  with_.services->journal->forget(changed.call);
}

call_supervisor_state::reply call_supervisor_state::on(const describe_call& wanted) {
  const auto& table = *with_.table;
  if (const auto call = table.calls.find(wanted.call); call != table.calls.end())
    return self->delegate(caf::actor_cast<caf::actor>(call->second.call), wanted);
  if (const auto call = table.memory.find(wanted.call); call != table.memory.end())
    return caf::make_message(call_description{to_json(call->second.state.record)});
  if (const auto call = table.waiting.find(wanted.call); call != table.waiting.end())
    return caf::make_message(call_description{to_json(call->second.life->state.record)});
  return caf::make_message(call_description{});
}

// --- a node that stops
// ----------------------------------------------------------------------------------------------------------

/// To another node, or to this one's next life, by way of Twilio, which asks again after a pause. Until the hand-over
/// begins it may be this one again that is asked.
call_answer call_supervisor_state::send_on(call_answer::verb where, unsigned so_far) {
  auto& table = *with_.table;
  if (!table.handing_over) table.last_redirect_back = now() + table.redirect_pause + redirect_slack;
  return call_answer::redirect(where, so_far, table.redirect_pause);
}

/// From here on whatever Twilio asks is to come back when this process is gone: what was sent on before has to be back
/// first, and then the next life needs its time to start.
void call_supervisor_state::begin_hand_over() {
  auto& table = *with_.table;
  if (std::exchange(table.handing_over, true)) return;
  if (const auto left = table.last_redirect_back - now(); left > left.zero())
    table.redirect_pause += std::chrono::ceil<std::chrono::seconds>(left);
  for (const auto& [sid, call] : table.calls) self->send(call.call, hand_over{table.redirect_pause});
}

// --- calls that end or crash
// ---------------------------------------------------------------------------------------------

void call_supervisor_state::on(const call_finished& finished) {
  const auto found = with_.table->calls.find(finished.call);
  if (found == with_.table->calls.end()) return;
  self->send(found->second.call, call_forgotten{});
  const auto life = found->second.life;
  auto unanswered = std::move(found->second.unanswered);
  forget_live(finished.call);
  if (finished.handed_over)
    with_.table->waiting.insert_or_assign(finished.call, call_table::dormant{life, now(), finished.sent_on});
  else
    remember(ended_of(*life));
  for (auto& question : unanswered) answer(std::move(question));
}

void call_supervisor_state::on_down(const caf::down_msg& down) {
  const auto found = with_.table->sid_of.find(caf::actor_cast<caf::actor_addr>(down.source));
  if (found == with_.table->sid_of.end()) return;  // said call_finished before
  const auto sid = found->second;
  const auto life = with_.table->calls.at(sid).life;
  const auto ticket = with_.table->calls.at(sid).ticket;
  auto unanswered = std::move(with_.table->calls.at(sid).unanswered);
  forget_live(sid);
  write_note(*with_.services->journal, sid, life->clock.at(now()), call_moment::crashed, "the call's own actor");
  if (is_crash(down.reason) && life->call_budget.take(self->clock().now()).granted) {
    call_log::error(life->state.record, {"its actor crashed and is restarted"});
    with_.services->counters->call_resumed(metrics::resumption::crash);
    // The call may have issued another, of which we have not heard yet.
    if (auto& current = life->state.current_ticket; current && current->id == ticket.id) current->used |= ticket.used;
    start(life, live_call::beginning::after_crash);
  } else {
    call_log::error(life->state.record, {"given up: its actor crashes again and again"});
    bury(life);
  }
  for (auto& question : unanswered) answer(std::move(question));
}

/// The call's actor cannot be had any more: both legs go, and Twilio asks connect-action.
void call_supervisor_state::bury(const std::shared_ptr<call_lifeline>& life) {
  for (const any_leg& leg : {any_leg{life->caller_leg}, any_leg{life->agent_leg}, any_leg{life->second_agent_leg}})
    if (leg) self->send(leg, close_leg{1011});
  life->state.record.media = life->counters->read();
  end_without_actor(*life, end_reason::internal_error, "the call's own actor crashed beyond its budget of restarts");
  remember(ended_of(*life));
}

live_count call_supervisor_state::count() const {
  const auto& table = *with_.table;
  const auto still_asks = [this](call_table::time since, fallback_step at) {
    return now() - since < model::asks_within(at);
  };
  const auto ended = std::count_if(table.memory.begin(), table.memory.end(), [&](const auto& call) {
    return !call.second.caller_gone && still_asks(call.second.since, call.second.state.fallback);
  });
  const auto handed_over = std::count_if(table.waiting.begin(), table.waiting.end(), [&](const auto& call) {
    return !call.second.sent_on && still_asks(call.second.since, fallback_step::not_begun);
  });
  const bool may_return = now() < table.last_redirect_back;
  return {table.calls.size(), static_cast<std::size_t>(ended), static_cast<std::size_t>(handed_over) + may_return};
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
