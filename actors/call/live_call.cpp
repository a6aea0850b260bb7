#include "actors/call/live_call.hpp"

#include <algorithm>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/fallback.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

using model::call_action;
using model::call_event;
using model::call_moment;
using model::call_state;
using model::end_reason;
namespace supervision = model::supervision;

namespace {

constexpr std::chrono::seconds length_hop{20}, length_warning{30};

/// Of what comes when nothing is to be done about it any more, or not yet.
template <class... Messages>
auto too_late() {
  return [](const Messages&...) {};
}

}  // namespace

call_inside::behavior_type run_call(call_inside::stateful_pointer<live_call> self, live_call::config with) {
  return self->state.make_behavior(std::move(with));
}

std::string live_call::words(std::string_view what, std::string_view detail) {
  std::string text{what};
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

call_inside::behavior_type live_call::make_behavior(config with) {
  with_ = std::move(with);
  guard(self, *with_.services->counters, [this] {
    log::fields about;
    if (!last_word_) {
      about.call = record().call.value;
      about.tenant = record().tenant.value;
    }
    return about;
  });
  self->monitor(with_.supervisor);
  self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  began_ = self->clock().now();
  switch (with_.how) {
    case beginning::fresh: set_out(); break;
    case beginning::after_crash: resume_with_legs(); break;
    case beginning::from_store: resume_without_legs("from the store: the node had gone"); break;
    case beginning::caller_back: resume_without_legs("the caller is back on the line"); break;
  }
  set_up_ = true;
  if (last_word_) return last_words();
  return {
      [this](const caller_connected& m) { on(m); },
      [this](const stream_started& m) { on(m); },
      once<key_pressed>([this](const key_pressed& m) { on(m); }),
      [this](const caller_leg_ended& m) { on(m); },
      [this](const played_out&) { happened(call_event::played_out); },
      once<hold_tone_changed>(
          [this](const hold_tone_changed& m) { note(call_moment::hold_tone, m.on ? "began" : "ended"); }),
      once<agent_connected>([this](const agent_connected&) {
        note(call_moment::agent_connected);
        log::info(
            {"Twilio-ElevenLabs: Connected call ", record().call.value, " to ElevenLabs agent ", record().agent.value},
            call_log::about(record()));
      }),
      [this](const agent_ready& m) { on(m); },
      once<agent_queue>([this](const agent_queue& m) {
        note(call_moment::agent_queue, m.waiting ? "waiting" : "admitted");
        happened(m.waiting ? call_event::agent_waiting : call_event::agent_admitted);
      }),
      once<transcript_line>([this](const transcript_line& m) { on(m); }),
      once<transcript_correction>([this](const transcript_correction& m) { on(m); }),
      once<interrupted>([this](const interrupted&) {
        ++record().interruptions;
        agent_noticed_caller();
        note(call_moment::interrupted);
      }),
      once<last_turn_over>([this](const last_turn_over& m) { on(m); }),
      once<agent_goodbye>([this](const agent_goodbye&) {
        with_.life->state.agent_said_goodbye = true;
        save();
      }),
      [this](const agent_leg_ended& m) { on(m); },
      [this](const retry_agent& m) { on(m); },
      [this](const second_attempt& m) { on(m); },
      [this](const call_status_changed& m) {
        if (!model::twilio::is_final(m.status)) return;
        with_.life->over = true;
        end_because(end_reason::caller_hung_up, "Twilio reported the call's end", call_event::caller_hung_up);
      },
      [this](const stream_reported& m) { on(m); },
      [this](const connect_action& m) { return on(m); },
      [this](const describe_call&) {
        record().media = with_.life->counters->read();
        return call_description{to_json(record())};
      },
      [this](const end_call& m) { end_because(m.reason, {}, call_event::end_requested); },
      [this](const hand_over& m) { begin_hand_over(m); },
      [this](const caller_overdue& m) { on(m); },
      [this](const rehearse&) { rehearse_now(); },
      [this](const slow_fetch& m) { on(m); },
      [this](const length_check&) { check_length(); },
      too_late<repeat_last_word>(),  // it has said none yet
      too_late<call_forgotten>(),
  };
}

/// The record is the supervisor's now: whatever comes is his, or nobody's. What is nobody's gets no error back, which
/// would end the one who sent it: a leg, or the supervisor himself.
call_inside::behavior_type live_call::last_words() {
  return {
      [this](const connect_action& m) -> caf::result<call_answer> { return self->delegate(with_.supervisor, m); },
      [this](const describe_call& m) -> caf::result<call_description> { return self->delegate(with_.supervisor, m); },
      [this](const call_status_changed& m) { self->send(with_.supervisor, m); },
      [this](const repeat_last_word&) { self->send(with_.supervisor, *last_word_); },
      [this](const call_forgotten&) { self->quit(); },
      too_late<caller_connected>(),
      too_late<stream_started>(),
      too_late<told_once, key_pressed>(),
      too_late<told_once, hold_tone_changed>(),
      too_late<played_out>(),
      too_late<caller_leg_ended>(),
      too_late<told_once, agent_connected>(),
      too_late<agent_ready>(),
      too_late<told_once, agent_queue>(),
      too_late<told_once, transcript_line>(),
      too_late<told_once, transcript_correction>(),
      too_late<told_once, interrupted>(),
      too_late<told_once, last_turn_over>(),
      too_late<told_once, agent_goodbye>(),
      too_late<agent_leg_ended>(),
      too_late<stream_reported>(),
      too_late<end_call>(),
      too_late<hand_over>(),
      too_late<caller_overdue>(),
      too_late<retry_agent>(),
      too_late<second_attempt>(),
      too_late<rehearse>(),
      too_late<slow_fetch>(),
      too_late<length_check>(),
  };
}

bool live_call::sent_by(const any_leg& leg) const {
  return leg && self->current_sender() && self->current_sender()->id() == leg.id();
}

/// Before it is acted on: what this life crashes over is not told to the next one.
void live_call::took(told_once what) {
  auto& life = *with_.life;
  if (sent_by(life.caller_leg)) life.taken_of_caller_leg = what.number;
  if (sent_by(life.agent_leg)) life.taken_of_agent_leg = what.number;
  if (sent_by(life.second_agent_leg)) life.taken_of_second_agent_leg = what.number;
}

void live_call::note(call_moment what, std::string_view detail) {
  if (last_word_) return;
  write_note(*with_.services->journal, record().call, now(), what, detail);
}

model::call_record::time live_call::now() const {
  return with_.life->clock.at(self->clock().now());
}

void live_call::save() {
  if (last_word_) return;
  record().media = with_.life->counters->read();
  with_.life->state.saved = now();
  with_.services->journal->checkpoint(record().call, to_json(with_.life->state));
}

// --- the beginning
// ------------------------------------------------------------------------------------------------------

void live_call::set_out() {
  note(call_moment::webhook,
       "tenant " + tenant().id.value + ", agent " + record().agent.value + ", told to open a stream");
  save();
  wait_for_caller(setup_limit);
  plan_rehearsal();
  fetch_url();
}

void live_call::take_over(const any_leg& leg, std::uint64_t taken) {
  if (!leg) return;
  self->monitor(leg);
  self->send(leg, adopt{caf::actor_cast<caf::actor>(self), taken});
}

/// The actor crashed, perhaps in the middle of something: what the state asks for is done again. The legs repeat what
/// they have reached.
void live_call::resume_with_legs() {
  auto& life = *with_.life;
  note(call_moment::resumed, "after a crash of the call's actor; the audio went on");
  for (const auto& gone : life.leaving) self->monitor(gone);
  take_over(life.caller_leg, life.taken_of_caller_leg);
  take_over(life.agent_leg, life.taken_of_agent_leg);
  take_over(life.second_agent_leg, life.taken_of_second_agent_leg);
  fetch_policy();
  await_rehearsal();
  if (record().answered) begin_length_checks();
  switch (record().state) {
    case call_state::ringing: wait_for_caller(setup_limit); return fetch_url();
    case call_state::connecting:
    case call_state::talking:
    case call_state::holding:
      if (!life.caller_leg) return happened(call_event::stream_dropped);
      if (life.agent_leg) return await_second_attempt();
      if (record().state == call_state::talking) record().state = call_state::holding;
      return open_agent_when_ready();
    case call_state::stranded: return wait_for_caller(supervision::caller_absence_limit);
    case call_state::ending:
      return carry_out(record().reason == end_reason::agent_ended && life.caller_leg ? call_action::play_out
                                                                                     : call_action::close_both);
    case call_state::ended: return finish();
  }
}

void live_call::resume_without_legs(std::string_view how) {
  note(call_moment::resumed, how);
  auto& life = *with_.life;
  if (record().answered) {
    life.answered_at = self->clock().now();
    if (with_.how == beginning::from_store) in_trouble(end_reason::node_lost);
  }
  if (!life.state.sealed_keys.empty()) life.keys = with_.services->unseal(life.state.sealed_keys);
  stream_over();
  conversation_over(std::nullopt);
  if (record().answered) begin_length_checks();
  if (record().state == call_state::ending) return check_legs();
  if (record().answered) record().state = call_state::stranded;
  wait_for_caller(setup_limit);
  if (life.state.agent_said_goodbye) return end_because(end_reason::agent_ended, {}, call_event::agent_ended);
  fetch_url();
}

// --- the machine
// --------------------------------------------------------------------------------------------------------

void live_call::happened(call_event event) {
  const auto [next, action] = model::step(record().state, event);
  const bool moves = next != record().state;
  if (moves)
    call_log::debug(record(), {to_string(record().state), " -> ", to_string(next), " (", to_string(event), ")"});
  record().state = next;
  carry_out(action);
  if (moves) save();
}

void live_call::carry_out(call_action action) {
  auto& life = *with_.life;
  switch (action) {
    case call_action::nothing: return;
    case call_action::open_agent: return open_agent_when_ready();
    case call_action::retry_agent: return self->delayed_send(self, caf::timespan{next_wait_}, retry_agent{++attempt_});
    case call_action::await_caller: return wait_for_caller(supervision::caller_absence_limit);
    case call_action::rejoin: return rejoin();
    case call_action::go_live: return;  // the agent leg has entered the bridge already: frames flow without us
    case call_action::play_out:
      if (life.caller_leg) self->send(life.caller_leg, play_out{});
      return check_legs();
    case call_action::close_agent: close_agent_legs(); return check_legs();
    case call_action::close_stream:
    case call_action::close_both:
      close_agent_legs();
      if (life.caller_leg) self->send(life.caller_leg, close_leg{});
      return check_legs();
    case call_action::finish: return finish();
  }
}

void live_call::end_because(end_reason reason, std::string detail, call_event event) {
  if (!record().reason && record().state != call_state::ended) {
    record().reason = reason;
    record().end_detail = std::move(detail);
  }
  happened(event);
}

void live_call::check_legs() {
  if (last_word_) return;
  const auto& life = *with_.life;
  if (life.caller_leg || life.agent_leg || life.second_agent_leg || !life.leaving.empty()) return;
  if (handing_over_ && !is_over(record().state)) {
    save();
    return say_last_word({record().call, true, sent_on_});
  }
  if (record().state == call_state::ending) happened(call_event::legs_closed);
}

// --- the end
// ------------------------------------------------------------------------------------------------------------

void live_call::begin_length_checks() {
  self->send(self, length_check{});
}

/// In hops: a pending message keeps an actor's memory until it fires, also when the call is long over.
void live_call::check_length() {
  using std::chrono::seconds;
  const seconds limit =
      tenant().limits.max_call_seconds ? seconds{*tenant().limits.max_call_seconds} : seconds{default_call_length};
  const auto left = *record().answered + with_.life->away + limit - now();
  if (left <= decltype(left)::zero())
    return end_because(end_reason::max_duration, "the tenant's maximum call length", call_event::end_requested);
  if (left <= length_warning && limit > length_warning && !std::exchange(with_.life->warned_of_length, true))
    warn_of_length();
  const auto next = left > length_warning ? left - length_warning : left;
  self->delayed_send(self, std::min<caf::timespan>(next, length_hop), length_check{});
}

/// As words of the caller's, since a mere update of its context makes no agent speak
/// (docs/protocols/elevenlabs.md#everything-else).
void live_call::warn_of_length() {
  note(call_moment::length_warning);
  if (with_.life->agent_live)
    self->send(
        with_.life->agent_leg,
        ask_for_goodbye{"(A note of the telephone system, not of the caller: this call reaches its time limit in "
                        "30 seconds and is ended then. Tell the caller now, in one short sentence and in the "
                        "language of this conversation, and say goodbye.)"});
}

/// The caller hears it out; what is left of the time ends that as well.
void live_call::on(const last_turn_over&) {
  if (!sent_by(with_.life->agent_leg) || is_over(record().state)) return;
  self->send(with_.life->agent_leg, close_leg{});
  end_because(end_reason::max_duration, "the tenant's maximum call length, after a goodbye", call_event::agent_ended);
}

/// What is left when the node stops goes to whoever answers Twilio's connect-action: the streams are closed, the
/// conversations too, so that they cost nothing; the checkpoint waits in the store.
void live_call::begin_hand_over(const hand_over& how) {
  if (is_over(record().state) || std::exchange(handing_over_, true)) return;
  hand_over_pause_ = how.pause;
  note(call_moment::handed_over);
  if (record().answered) record().state = call_state::stranded;
  auto& life = *with_.life;
  close_agent_legs();
  if (life.caller_leg) self->send(life.caller_leg, close_leg{1001});
  check_legs();
}

void live_call::on_down(const caf::down_msg& down) {
  if (down.source == with_.supervisor.address()) return self->quit();
  if (last_word_) return;
  auto& life = *with_.life;
  const auto gone = [&](const any_leg& leg) { return leg && down.source == leg.address(); };
  std::erase_if(life.leaving, gone);
  if (gone(life.caller_leg)) {  // without its last word
    note(call_moment::crashed, "the caller leg");
    stream_over();
    life.caller_leg = nullptr;
    drop_stream(end_reason::internal_error, "the caller leg crashed");
  } else if (gone(life.agent_leg)) {
    note(call_moment::crashed, "the agent leg");
    conversation_over(std::nullopt);
    life.agent_leg = nullptr;
    if (life.second_agent_leg)
      second_agent_takes_over();
    else
      agent_trouble(end_reason::internal_error, "the agent leg crashed");
  } else if (gone(life.second_agent_leg)) {
    note(call_moment::crashed, "the second agent leg");
    life.second_agent_leg = nullptr;
  }
  if (last_word_) return;
  if (is_over(record().state) || handing_over_) check_legs();
}

/// Whatever the call ends by, it counts against an ordinary end until the caller hears something, or is heard.
void live_call::in_trouble(end_reason reason) {
  with_.life->troubled = {reason, self->clock().now(), false};
  with_.services->troubles->count(reason, with_.life->trouble_counted_in);
}

void live_call::agent_noticed_caller() {
  if (with_.life->troubled) with_.life->troubled->noticed = true;
}

model::trouble_signs live_call::trouble_signs() const {
  if (!record().answered) return {};
  const auto& life = *with_.life;
  const auto heard = life.counters->last_heard();
  model::trouble_signs signs;
  if (life.troubled) {
    signs.last = life.troubled->reason;
    signs.over = signs.last == end_reason::agent_not_hearing ? life.troubled->noticed : heard > life.troubled->since;
  }
  signs.unheard =
      std::chrono::duration_cast<std::chrono::milliseconds>(self->clock().now() - std::max({heard, life.answered_at}));
  return signs;
}

void live_call::finish() {
  auto& last = record();
  last.ended = now();
  last.media = with_.life->counters->read();
  if (!last.reason) last.reason = end_reason::internal_error;
  last.troubled = model::trouble_of(*last.reason, trouble_signs());
  if (last.troubled) with_.services->counters->call_troubled(last.troubled->reason);
  note(call_moment::ended, words(to_string(*last.reason), last.end_detail));
  call_log::ended(last);
  with_.services->counters->call_ended(*last.reason, last.media.since(with_.life->counted));
  with_.life->keys.clear();
  say_last_word({last.call});
}

void live_call::say_last_word(call_finished word) {
  last_word_ = std::move(word);
  self->send(with_.supervisor, *last_word_);
  for (auto& question : std::exchange(held_, {})) question.to.delegate(with_.supervisor, question.asked);
  if (set_up_) self->become(last_words());
}

}  // namespace tonris::actors
