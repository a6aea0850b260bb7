#include "actors/call/live_call.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "actors/call/call_log.hpp"
#include "actors/call/ending.hpp"
#include "actors/call/fallback.hpp"
#include "actors/runtime/guard.hpp"
#include "model/call/costing.hpp"

namespace tonris::actors {

using model::call_action;
using model::call_event;
using model::call_moment;
using model::call_state;
using model::end_reason;
namespace supervision = model::supervision;

namespace {

/// ", by caller_rule vip"
std::string chosen_by(const model::call_record& record) {
  if (record.rule.empty()) return {};
  return ", by " + record.rule + (record.rule_name.empty() ? "" : " " + record.rule_name);
}

/// Of what comes when nothing is to be done about it any more, or not yet.
template <class... Messages>
auto too_late() {
  return [](const Messages&...) {};
}

}  // namespace

call_inside::behavior_type run_call(call_inside::stateful_pointer<live_call> self, live_call::config given) {
  return self->state.make_behavior(std::move(given));
}

call_inside::behavior_type live_call::make_behavior(config given) {
  supervisor = std::move(given.supervisor);
  services = std::move(given.services);
  life = std::move(given.life);
  guard(self, *services->counters,
        [this] { return last_word ? std::vector<log::field>{} : call_log::whose(record()); });
  self->monitor(supervisor);
  self->set_down_handler([this](const caf::down_msg& down) { leg_or_owner_is_gone(down); });
  begin_as(given.how);
  set_up_ = true;
  if (last_word) return last_words();
  return {
      // the caller leg
      [this](const caller_connected& m) { caller_.connected(m); },
      [this](const stream_started& m) { caller_.started(m); },
      [this](const caller_leg_ended& m) { caller_.ended(m); },
      [this](const played_out&) { happened(call_event::played_out); },
      once<key_pressed>([this](const key_pressed& m) { tools_.press(m); }),
      once<hold_tone_changed>(
          [this](const hold_tone_changed& m) { note(call_moment::hold_tone, m.on ? "began" : "ended"); }),
      once<hold_over>([this](const hold_over&) { tools_.hold_is_over(); }),
      // the agent leg
      once<agent_connected>([this](const agent_connected&) { agent_.connected(); }),
      [this](const agent_ready& m) { agent_.ready(m); },
      once<agent_queue>([this](const agent_queue& m) { agent_.queue(m); }),
      once<transcript_line>([this](const transcript_line& m) { transcript_.add(m); }),
      once<transcript_correction>([this](const transcript_correction& m) { transcript_.correct(m); }),
      once<interrupted>([this](const interrupted&) { transcript_.interrupt(); }),
      once<last_turn_over>([this](const last_turn_over&) {
        if (!transfer_.announcement_is_said() && !month_.goodbye_is_said()) length_.goodbye_is_said();
      }),
      once<agent_goodbye>([this](const agent_goodbye&) { agent_.goodbye(); }),
      once<tool_called>([this](const tool_called& m) { tools_.run(m); }),
      once<tool_given_up>([this](const tool_given_up& m) { tools_.given_up(m); }),
      [this](const agent_leg_ended& m) { agent_.ended(m); },
      // Twilio, the node and the supervisor
      [this](const call_status_changed& m) {
        if (model::add_fact(record(), m.told_at(now()))) save();
        questions_.status_changed(m);
      },
      [this](const stream_reported& m) { caller_.reported(m); },
      [this](const connect_action& m) { return questions_.answer(m); },
      [this](const describe_call&) { return describe(); },
      [this](const learn_fact& m) { return learn(m); },
      [this](const describe_transfer&) { return words_of_transfer(life->state, life->tenant.get()); },
      [this](const control_call& m) { return control_.carry_out(m); },
      [this](const end_call& m) { end_because(m.reason, {}, call_event::end_requested); },
      [this](const hand_over& m) { begin_hand_over(m); },
      [this](const month_spent& m) { month_.spent(m); },
      too_late<repeat_last_word>(),  // it has said none yet
      too_late<call_forgotten>(),
      // to itself
      [this](const caller_overdue& m) { caller_.overdue(m); },
      [this](const retry_agent& m) { agent_.retry(m); },
      [this](const second_attempt_due& m) { agent_.begin_second_attempt(m); },
      [this](const rehearsal_due&) { rehearsal_.due(); },
      [this](const slow_fetch& m) { agent_.fetch_address(m); },
      [this](const length_check&) { length_.look(); },
      [this](const month_overdue&) { month_.overdue(); },
      [this](const warm_start_overdue&) { questions_.agent_is_decided(); },
      [this](const digits_due&) { tools_.digits_overdue(); },
      [this](const transfer_due&) { transfer_.overdue(); },
  };
}

/// Before it is acted on: what this life crashes over is not told to the next one.
void live_call::take(told_once number) {
  if (sent_by(life->caller_leg)) life->taken_of_caller_leg = number.number;
  if (sent_by(life->agent_leg)) life->taken_of_agent_leg = number.number;
  if (sent_by(life->second_agent_leg)) life->taken_of_second_agent_leg = number.number;
}

call_description live_call::describe() {
  record().media = life->counters->read();
  auto so_far = record();
  estimate_cost(so_far, *services->rates, metered(life->state, now()).count(), now());
  so_far.account = life->state.account;
  return call_description{to_json(so_far)};
}

/// Whom Twilio has hung up on while it ended does not come back.
fact_learned live_call::learn(const learn_fact& told) {
  if (std::holds_alternative<model::call_record::hang_up>(told.fact)) life->over = true;
  if (model::add_fact(record(), told.fact)) save();
  return {true};
}

// --- the beginning

void live_call::begin_as(beginning how) {
  agent_.begin();
  for (const auto& one : record().conversations) services->conversations->add(one.id, record().call);
  switch (how) {
    case beginning::fresh: return set_out();
    case beginning::after_crash: return resume_with_legs();
    case beginning::from_store:
      if (record().answered) in_trouble(end_reason::node_lost);
      return resume_without_legs("from the store: the node had gone");
    case beginning::caller_back: return resume_without_legs("the caller is back on the line");
  }
}

void live_call::set_out() {
  note(call_moment::webhook, "tenant " + tenant().id.value + ", agent " + record().agent.value + chosen_by(record()) +
                                 ", told to open a stream");
  save();
  caller_.wait(setup_limit);
  rehearsal_.plan();
  // Who was called has answered already: he hears no silence for it.
  if (!tenant().warm_start || model::twilio::is_outbound(record().direction)) return agent_.fetch_address();
  questions_.await_agent();
  agent_.warm_up();
}

void live_call::adopt_leg(const any_leg& leg, std::uint64_t taken) {
  if (!leg) return;
  self->monitor(leg);
  self->send(leg, adopt{self, taken});
}

/// The actor crashed, perhaps in the middle of something: what the state asks for is done again. The legs repeat what
/// they have reached.
void live_call::resume_with_legs() {
  note(call_moment::resumed, "after a crash of the call's actor; the audio went on");
  for (const auto& gone : life->leaving) self->monitor(gone);
  adopt_leg(life->caller_leg, life->taken_of_caller_leg);
  adopt_leg(life->agent_leg, life->taken_of_agent_leg);
  adopt_leg(life->second_agent_leg, life->taken_of_second_agent_leg);
  agent_.fetch_policy();
  rehearsal_.await();
  tools_.lives_again();
  transfer_.lives_again();
  if (record().answered) length_.begin();
  switch (record().state) {
    case call_state::ringing:
      caller_.wait(setup_limit);
      if (life->agent_leg) return agent_.adopted();
      return life->before_stream ? agent_.open_when_ready() : agent_.fetch_address();
    case call_state::connecting:
    case call_state::talking:
    case call_state::holding:
      if (!life->caller_leg) return happened(call_event::stream_dropped);
      if (life->agent_leg) return agent_.adopted();
      if (record().state == call_state::talking) record().state = call_state::holding;
      return agent_.open_when_ready();
    case call_state::stranded: return caller_.wait(supervision::caller_absence_limit);
    case call_state::ending:
      return carry_out(is_played_out() && life->caller_leg ? call_action::play_out : call_action::close_both);
    case call_state::ended: return finish();
  }
}

void live_call::resume_without_legs(std::string_view how) {
  note(call_moment::resumed, how);
  if (record().answered) life->answered_at = steady_now();
  if (!life->state.sealed_keys.empty()) life->keys = services->unseal(life->state.sealed_keys);
  transfer_.begin_anew();
  caller_.stream_over();
  agent_.conversation_over(std::nullopt);
  if (record().answered) length_.begin();
  if (record().state == call_state::ending) return check_legs();
  if (record().answered) record().state = call_state::stranded;
  caller_.wait(setup_limit);
  if (life->state.agent_said_goodbye) return end_because(end_reason::agent_ended, {}, call_event::agent_ended);
  agent_.fetch_address();
}

// --- the machine

void live_call::happened(call_event event) {
  const auto [next, action] = model::step(record().state, event);
  const bool moves = next != record().state;
  if (moves)
    call_log::debug(record(), "{state} -> {next} ({event})",
                    {{"state", to_string(record().state)}, {"next", to_string(next)}, {"event", to_string(event)}});
  record().state = next;
  carry_out(action);
  if (moves && !last_word) save();
  if (!last_word && (life->agent_live || is_over())) questions_.agent_is_decided();
}

void live_call::carry_out(call_action action) {
  switch (action) {
    case call_action::nothing: return;
    case call_action::open_agent: return agent_.open_when_ready();
    case call_action::retry_agent: return agent_.retry_later();
    case call_action::await_caller: return caller_.wait(supervision::caller_absence_limit);
    case call_action::rejoin: return agent_.rejoin();
    case call_action::go_live: return;  // the agent leg has entered the bridge already: frames flow without us
    case call_action::play_out: caller_.play_out(); return check_legs();
    case call_action::close_agent: agent_.close(); return check_legs();
    case call_action::close_stream:
    case call_action::close_both:
      agent_.close();
      caller_.close();
      return check_legs();
    case call_action::finish: return finish();
  }
}

/// The agent has said all it had to say; the caller has perhaps not heard it yet.
bool live_call::is_played_out() const {
  return record().reason && (*record().reason == end_reason::agent_ended || is_transfer(*record().reason));
}

/// An agent that ends its conversation once it may put the caller through has said that it does.
void live_call::end_because(end_reason reason, std::string detail, call_event event) {
  if (reason == end_reason::agent_ended && transfer_.is_announced()) reason = transfer_.reason();
  if (!record().reason && record().state != call_state::ended) {
    record().reason = reason;
    record().end_detail = std::move(detail);
  }
  happened(event);
}

void live_call::check_legs() {
  if (last_word) return;
  if (life->caller_leg || life->agent_leg || life->second_agent_leg || !life->leaving.empty()) return;
  if (handing_over && !is_over()) {
    save();
    return say_last_word({record().call, true, questions_.sent_on()});
  }
  if (record().state == call_state::ending) happened(call_event::legs_closed);
}

void live_call::leg_or_owner_is_gone(const caf::down_msg& down) {
  if (down.source == supervisor.address()) return self->quit();
  if (last_word) return;
  std::erase_if(life->leaving, [&](const any_leg& leg) { return down.source == leg.address(); });
  if (!caller_.crashed(down.source)) (void)agent_.crashed(down.source);  // neither had said its last word
  if (last_word) return;
  if (is_over() || handing_over) check_legs();
}

// --- the end

/// What is left when the node stops goes to whoever answers Twilio's connect-action: the streams are closed, the
/// conversations too, so that they cost nothing; the checkpoint waits in the store.
void live_call::begin_hand_over(const hand_over& how) {
  if (is_over() || std::exchange(handing_over, true)) return;
  questions_.hand_over(how.pause);
  note(call_moment::handed_over);
  tools_.stop();
  if (record().answered) record().state = call_state::stranded;
  agent_.close();
  caller_.close(1001);
  check_legs();
}

model::trouble_signs live_call::trouble_signs() const {
  if (!record().answered) return {};
  auto signs = life->trouble.signs(steady_now(), life->counters->last_heard(), life->answered_at);
  signs.owed = std::chrono::milliseconds{life->counters->owed_ms.load(std::memory_order_relaxed)};
  constexpr std::chrono::milliseconds frame{20};
  const auto& media = record().media;
  signs.bad_audio = model::bad_audio(frame * media.frames_from_caller, media.from_caller, media.to_caller);
  return signs;
}

void live_call::finish() {
  tools_.stop();
  auto& last = record();
  const auto reason = last.reason.value_or(end_reason::internal_error);
  last.media = life->counters->read();
  last.troubled = model::trouble_of(reason, trouble_signs());
  end_record(*life, *services, now(), reason);
  life->keys.clear();
  say_last_word({last.call});
}

void live_call::say_last_word(call_finished word) {
  last_word = std::move(word);
  self->send(supervisor, *last_word);
  questions_.pass_on_held();
  if (set_up_) self->become(last_words());
}

/// The record is the supervisor's now: whatever comes is his, or nobody's. What is nobody's gets no error back, which
/// would end the one who sent it: a leg, or the supervisor himself.
call_inside::behavior_type live_call::last_words() {
  return {
      [this](const connect_action& m) -> caf::result<call_answer> { return self->delegate(supervisor, m); },
      [this](const describe_call& m) -> caf::result<call_description> { return self->delegate(supervisor, m); },
      [this](const learn_fact& m) -> caf::result<fact_learned> { return self->delegate(supervisor, m); },
      [this](const describe_transfer& m) -> caf::result<transfer_words> { return self->delegate(supervisor, m); },
      [this](const control_call& m) -> caf::result<call_controlled> { return self->delegate(supervisor, m); },
      [this](const call_status_changed& m) { self->send(supervisor, m); },
      [this](const stream_reported& m) { self->send(supervisor, m); },
      [this](const repeat_last_word&) { self->send(supervisor, *last_word); },
      [this](const call_forgotten&) { self->quit(); },
      too_late<caller_connected>(),
      too_late<stream_started>(),
      too_late<told_once, key_pressed>(),
      too_late<told_once, hold_tone_changed>(),
      too_late<told_once, hold_over>(),
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
      too_late<told_once, tool_called>(),
      too_late<told_once, tool_given_up>(),
      too_late<agent_leg_ended>(),
      too_late<end_call>(),
      too_late<hand_over>(),
      too_late<caller_overdue>(),
      too_late<retry_agent>(),
      too_late<second_attempt_due>(),
      too_late<rehearsal_due>(),
      too_late<slow_fetch>(),
      too_late<length_check>(),
      too_late<month_spent>(),
      too_late<month_overdue>(),
      too_late<warm_start_overdue>(),
      too_late<digits_due>(),
      too_late<transfer_due>(),
  };
}

}  // namespace tonris::actors
