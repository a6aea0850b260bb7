/// The call supervisor: calls that live, crash and end, and a node that stops. The rest of it is in new_calls.cpp,
/// leases.cpp, callers_in_line.cpp, questions.cpp, ended_calls.cpp, outbound_calls.cpp and returning_calls.cpp.
#include "actors/call/supervisor.hpp"

#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/ending.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/crash.hpp"
#include "actors/runtime/guard.hpp"
#include "model/call/held_line.hpp"

namespace tonris::actors {

using model::call_moment;
using model::end_reason;
using model::fallback_step;

namespace {

constexpr std::chrono::seconds control_limit{2};

/// Its caller, at Twilio, behind our part of the call.
bool may_be_on_the_line(const ended_entry& call, call_table::time now) {
  return !call.over && !call.caller_gone && may_hold_the_line(call.state.record, call.clock.at(now));
}

std::chrono::seconds ringing_of(const ended_entry& call) {
  const bool is_by_agent =
      call.state.record.reason && is_transfer(*call.state.record.reason) && call.tenant && call.tenant->transfer;
  return is_by_agent ? std::chrono::seconds{call.tenant->transfer->ring_seconds} : model::twiml::default_ringing;
}

}  // namespace

call_supervisor_door::behavior_type supervise_calls(call_supervisor_door::stateful_pointer<call_supervisor_state> self,
                                                    call_supervisor_state::config settings) {
  return self->state.make_behavior(std::move(settings));
}

call_supervisor_door::behavior_type call_supervisor_state::make_behavior(config settings) {
  config_ = std::move(settings);
  guard(self, *services().counters);
  self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  table().reserve(config_.max_calls);
  table().each_live([this](live_entry& call) {  // of the incarnation before
    self->monitor(call.call);
    self->send(call.call, repeat_last_word{});
    call.unanswered.clear();  // were asked of that one
  });
  check_dormant();
  hold_leases();
  if (config_.who_may_come) self->delayed_send(self, caf::timespan{renewal_tick}, renewal_due{});
  return {
      [this](const start_call& m) { return on(m); },
      [this](const refuse_call& m) { return on(m); },
      [this](const note_apology& m) { return hear(m); },
      [this](const caller_waits& m) { on(m); },
      [this](const redeem_ticket& m) { return on(m); },
      [this](const ticket_issued& m) { on(m); },
      [this](const connect_action& m) { return on(m); },
      [this](const call_status_changed& m) { on(m); },
      [this](const stream_reported& m) { on(m); },
      [this](const recording_reported& m) { on(m); },
      [this](const voicemail_came_first& m) { on(m); },
      [this](const leg_reported& m) { on(m); },
      [this](const hung_up_at_twilio& m) { on(m); },
      [this](const callee_heard& m) { bring_in(m.call, m.heard); },
      [this](const learn_fact& m) { return on(m); },
      [this](const control_call& m) { return on(m); },
      [this](const forget_ended_calls& m) { return on(m); },
      [this](const describe_call& m) { return on(m); },
      [this](const describe_transfer& m) { return on(m); },
      [this](const call_finished& m) { on(m); },
      [this](const end_call& m) { table().each_live([&](live_entry& call) { self->send(call.call, m); }); },
      [this](const stop_taking_calls&) { table().stopping = true; },
      [this](const hand_over_calls&) { begin_hand_over(); },
      [this](const restore_calls& m) { restore(m); },
      [this](const count_calls&) { return count(); },
      [this](const dormant_check&) { check_dormant(); },
      [](const do_later& m) { m.work(); },
      [this](const renewal_due&) {
        renew_leases_that_are_due();
        check_line();
        self->delayed_send(self, caf::timespan{renewal_tick}, renewal_due{});
      },
  };
}

call_supervisor call_supervisor_state::address() const {
  return config_.address ? config_.address : call_supervisor{self};
}

// --- calls that live

live_entry& call_supervisor_state::start(std::shared_ptr<call_lifeline> life, live_call::beginning how) {
  sign(life->state);
  auto lease = lease_now(*life);
  auto call = self->spawn<caf::monitored>(run_call, live_call::config{address(), config_.services, life, how});
  auto& placed = table().put_live(call, std::move(life));
  placed.lease = std::move(lease);
  placed.lease_as_of = now();
  hold_lease(placed.life->state.record.call);
  if (table().handing_over) self->send(placed.call, hand_over{table().redirect_pause});
  count_live();
  return placed;
}

void call_supervisor_state::count_live() {
  services().counters->of<call_metrics>().live_calls.set(table().live());
}

void call_supervisor_state::on(const ticket_issued& issued) {
  if (auto* const call = table().find_live(issued.call))
    table().give_ticket(*call, {issued.ticket, now() + ticket_life, false});
}

void call_supervisor_state::on(const stream_reported& reported) {
  const auto& status = reported.status;
  if (auto* const call = table().find_live(status.call)) return self->send(call->call, reported);
  auto* const ended = table().find_ended(status.call);
  if (!ended || !ended->stream_errors_told.are_news(status)) return;
  write_note(services(), ended->state.record, ended->clock.at(now()), model::call_moment::stream_ended,
             words_of_stream_error(status));
}

/// Who is off the line for a moment can be told that the call is over, and nothing else.
caf::result<call_controlled> call_supervisor_state::on(const control_call& wanted) {
  using outcome = call_controlled::outcome;
  auto promise = self->make_response_promise<call_controlled>();
  table().visit(
      wanted.call,
      [&](live_entry& live) {
        ask(self, live.call, control_limit, wanted)
            .then([promise](const call_controlled& came) mutable { promise.deliver(came); },
                  [promise](const caf::error& why) mutable { promise.deliver(why); });
      },
      [&](dormant_entry&) {
        if (wanted.act != control_call::action::hang_up)
          return (void)promise.deliver(call_controlled{outcome::refused, "the caller is not on the line now"});
        close_dormant(wanted.call, wanted.reason, wanted.text.empty() ? "by the API" : wanted.text);
        promise.deliver(call_controlled{outcome::done, {}});
      },
      [&](ended_entry& ended) {
        promise.deliver(may_be_on_the_line(ended, now())
                            ? call_controlled{outcome::at_twilio, "the agent's part of the call is over"}
                            : call_controlled{outcome::over, "the call has ended"});
      },
      [&](no_entry) { promise.deliver(control_in_line(wanted)); });
  return promise;
}

ended_calls_forgotten call_supervisor_state::on(const forget_ended_calls& wanted) {
  ended_calls_forgotten done;
  std::vector<model::call_sid> ended;
  for (const auto& call : wanted.calls) {
    const auto* const known = table().find_ended(call);
    const bool is_on_the_line = known != nullptr && !wanted.is_decided && may_be_on_the_line(*known, now());
    const bool goes_on = known == nullptr && (table().knows(call) || table().waiting.find(call) != nullptr);
    if (is_on_the_line || goes_on) {
      done.alive.push_back(call);
      continue;
    }
    if (table().take_ended(call))
      services().journal->forget(call);
    else
      done.unknown.push_back(call);
    ended.push_back(call);
  }
  services().live->forget(ended);
  return done;
}

// --- calls that end or crash

void call_supervisor_state::on(const call_finished& finished) {
  auto* const known = table().find_live(finished.call);
  if (!known) return;
  self->send(known->call, call_forgotten{});
  auto call = table().take_live(finished.call).value();
  count_live();
  if (finished.handed_over) {
    table().put_dormant(std::move(call.life), now(), finished.sent_on);
  } else {
    give_back(*call.life);
    auto ended = ended_of(*call.life);
    tell_end(ended);
    remember(std::move(ended));
  }
  for (auto& question : call.unanswered) answer(std::move(question));
}

void call_supervisor_state::on_down(const caf::down_msg& down) {
  const auto* const known = table().call_of(caf::actor_cast<caf::actor_addr>(down.source));
  if (!known) return;  // said call_finished before
  const auto sid = *known;
  auto call = table().take_live(sid).value();
  count_live();
  const auto life = call.life;
  write_note(services(), life->state.record, life->clock.at(now()), call_moment::crashed, "the call's own actor");
  if (is_crash(down.reason) && life->call_budget.take(now()).granted) {
    call_log::error(life->state.record, "its actor crashed and is restarted");
    services().counters->of<call_metrics>().call_resumed(call_metrics::resumption::crash);
    // The call may have issued another, of which we have not heard yet.
    if (auto& newest = life->state.current_ticket; newest && newest->id == call.ticket.id)
      newest->used |= call.ticket.used;
    start(life, live_call::beginning::after_crash);
  } else {
    call_log::error(life->state.record, "given up: its actor crashes again and again");
    end_crashed(life);
  }
  for (auto& question : call.unanswered) answer(std::move(question));
}

/// The call's actor cannot be had any more: both legs go, and Twilio asks connect-action.
void call_supervisor_state::end_crashed(const std::shared_ptr<call_lifeline>& life) {
  if (life->caller_leg) self->send(life->caller_leg, close_leg{1011});
  for (const auto& leg : {life->agent_leg, life->second_agent_leg})
    if (leg) self->send(leg, close_leg{});  // the vendor is told of an orderly end, always
  life->state.record.media = life->counters->read();
  end_record(*life, services(), life->clock.at(now()), end_reason::internal_error,
             "the call's own actor crashed beyond its budget of restarts");
  give_back(*life);
  auto ended = ended_of(*life);
  tell_end(ended);
  remember(std::move(ended));
}

// --- a node that stops

/// To another node, or to this one's next life, by way of Twilio, which asks again after a pause. Until the hand-over
/// begins it may be this one again that is asked.
call_answer call_supervisor_state::send_on(call_answer::verb where, unsigned so_far) {
  if (!table().handing_over) table().last_redirect_back = now() + table().redirect_pause + redirect_slack;
  return call_answer::redirect(where, so_far, table().redirect_pause);
}

/// From here on whatever Twilio asks is to come back when this process is gone: what was sent on before has to be back
/// first, and then the next life needs its time to start.
void call_supervisor_state::begin_hand_over() {
  if (std::exchange(table().handing_over, true)) return;
  if (const auto left = table().last_redirect_back - now(); left > decltype(left)::zero())
    table().redirect_pause += std::chrono::ceil<std::chrono::seconds>(left);
  table().each_live([&](live_entry& call) { self->send(call.call, hand_over{table().redirect_pause}); });
}

live_count call_supervisor_state::count() {
  const auto still_asks = [this](call_table::time since, fallback_step at,
                                 std::chrono::seconds ringing = model::twiml::default_ringing) {
    return now() - since < model::asks_within(at, ringing);
  };
  live_count all;
  all.calls = table().live();
  table().each_ended([&](const ended_entry& call) {
    if (!call.caller_gone && still_asks(call.since, call.state.fallback, ringing_of(call))) ++all.questions;
  });
  table().each_dormant([&](const model::call_sid&, const dormant_entry& call) {
    if (!call.sent_on && still_asks(call.since, fallback_step::not_begun)) ++all.returning;
  });
  if (now() < table().last_redirect_back) ++all.returning;
  return all;
}

}  // namespace tonris::actors
