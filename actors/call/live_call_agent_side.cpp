/// The call's agent leg: signed address, conversation, restarts (model/call/supervision.hpp).
#include <algorithm>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/live_call.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/telemetry/log.hpp"
#include "model/call/briefing.hpp"
#include "model/call/transcript.hpp"
#include "model/call/vendor_close.hpp"
#include "model/text/utf8.hpp"

namespace tonris::actors {

using model::call_event;
using model::call_moment;
using model::call_state;
using model::end_reason;
namespace supervision = model::supervision;

namespace {

/// The fetch answers by itself within its own limit; this one only guards against an actor that is gone.
constexpr std::chrono::seconds vendor_guard{4};
constexpr std::chrono::milliseconds most_for_signed_url{2000};
/// Before the first conversation a caller hears a sentence within 3 s: a further try wants so much of that at least.
constexpr std::chrono::milliseconds least_for_a_retry{1000};
constexpr std::size_t max_noted_bytes = 200;

}  // namespace

// --- the signed address
// -------------------------------------------------------------------------------------------------

/// A caller who has heard nobody yet waits since then.
caf::actor_clock::time_point live_call::silent_since() const {
  return std::max(began_, silent_since_);
}

/// What is left of the time within which he is told something.
std::chrono::milliseconds live_call::left_to_reach_agent() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(silent_since() + agent_reached_limit -
                                                               self->clock().now());
}

void live_call::fetch_url() {
  fetching_ = true;
  auto at_most = most_for_signed_url;
  if (attempt_ > 0 && record().conversations.empty())
    at_most = std::clamp(left_to_reach_agent() - least_connect_limit, least_connect_limit, most_for_signed_url);
  if (vendor_is_slow()) {
    const std::chrono::milliseconds late = std::chrono::seconds{tenant().rehearsal->after_seconds};
    rehearsed_now();
    self->delayed_send(self, std::min(late, at_most), slow_fetch{at_most, late >= at_most});
    return;
  }
  ask_for_url(at_most);
}

void live_call::on(const slow_fetch& rehearsed) {
  if (!rehearsed.too_late) return ask_for_url(rehearsed.at_most);
  on_url({std::nullopt, end_reason::agent_timeout, "signed URL: a rehearsed timeout"});
}

void live_call::ask_for_url(std::chrono::milliseconds at_most) {
  ask(self, with_.services->vendor, vendor_guard, fetch_signed_url{record().agent, at_most})
      .then([this](const signed_url_answer& answer) { on_url(answer); },
            [this](const caf::error&) {
              on_url({std::nullopt, end_reason::agent_timeout, "signed URL: no answer from our own client"});
            });
}

void live_call::fetch_policy() {
  ask(self, with_.services->vendor, vendor_guard, fetch_agent_policy{record().agent})
      .then(
          [this](const agent_policy_answer& answer) {
            if (last_word_) return;  // the lifeline is the supervisor's
            policy_ = answer.policy;
            const auto& leg = with_.life->agent_leg;  // the conversation may have been faster
            if (leg && policy_ && policy_->sends_transcripts) self->send(leg, expect_transcripts{});
          },
          [](const caf::error&) {});
}

void live_call::on_url(const signed_url_answer& answer) {
  fetching_ = false;
  if (last_word_ || is_over(record().state)) return;
  if (!answer.url) {
    note(call_moment::signed_url, words(to_string(answer.failure), answer.detail));
    return agent_trouble(answer.failure, answer.detail);
  }
  url_ = answer.url;
  url_fetched_ = self->clock().now();
  if (agent_wanted_) open_agent_when_ready();
}

// --- the conversation
// ---------------------------------------------------------------------------------------------------

void live_call::open_agent_when_ready() {
  if (with_.life->state.agent_said_goodbye)  // and its leg is gone: there is nothing to say any more
    return end_because(end_reason::agent_ended, {}, call_event::agent_ended);
  agent_wanted_ = true;
  if (fetching_) return;  // on_url comes back here
  if (!url_ || self->clock().now() - url_fetched_ > signed_url_age_limit) return fetch_url();
  open_agent();
}

void live_call::open_agent() {
  agent_wanted_ = false;
  auto& life = *with_.life;
  if (life.agent_leg || !life.caller_leg) return;
  if (record().state != call_state::connecting && record().state != call_state::holding) return;
  const auto now = self->clock().now();
  life.agent_ready_by = (record().conversations.empty() ? silent_since() : now) + supervision::agent_ready_limit;
  auto leg = next_conversation(std::exchange(url_, std::nullopt).value());  // one use
  if (!agent_was_heard())
    leg.connect_limit = std::clamp(left_to_reach_agent(), least_connect_limit, most_connect_limit);
  life.agent_leg = with_.services->spawn_agent_leg(std::move(leg));
  life.taken_of_agent_leg = 0;
  self->monitor(life.agent_leg);
  await_second_attempt();
}

agent_leg::config live_call::next_conversation(model::elevenlabs::signed_url url) {
  using std::chrono::milliseconds;
  auto& life = *with_.life;
  const model::call_facts facts{record().call, record().agent,         record().from,
                                record().to,   life.state.caller_name, "in-progress"};
  agent_leg::config leg;
  leg.call = caf::actor_cast<caf::actor>(self);
  leg.services = life.loop;
  leg.bridge = life.bridge;
  leg.url = std::move(url.url);
  leg.expects_transcripts = policy_ && policy_->sends_transcripts;
  leg.ready_limit = std::chrono::duration_cast<milliseconds>(life.agent_ready_by - self->clock().now());
  if (agent_was_heard()) {
    leg.initiation = model::make_resumed_initiation(tenant(), facts, policy_ && policy_->may_override_first_message);
    leg.said_so_far = model::said_so_far(record().transcript, record().lines_left_out == 0);
  } else {
    leg.initiation = model::make_initiation(tenant(), facts);
  }
  return leg;
}

/// Then it does not greet again.
bool live_call::agent_was_heard() {
  return with_.life->counters->to_caller.load(std::memory_order_relaxed) > 0 || !record().transcript.empty();
}

void live_call::rejoin() {
  auto& life = *with_.life;
  if (life.agent_live) {
    self->send(life.agent_leg, tell_agent{"The caller's line dropped for a moment and is back. What you said meanwhile "
                                          "was not heard.",
                                          "line"});
    return happened(call_event::agent_ready);
  }
  if (!life.agent_leg) open_agent_when_ready();
}

void live_call::on(const agent_ready& ready) {
  auto& life = *with_.life;
  if (sent_by(life.second_agent_leg)) {
    give_up(life.agent_leg);
    second_agent_takes_over();
  }
  if (!sent_by(life.agent_leg)) return;  // of one that is given up already
  if (life.second_agent_leg) give_up(life.second_agent_leg);
  life.agent_live = true;
  life.agent_failure_told = false;
  auto& conversations = record().conversations;
  const bool known = !conversations.empty() && conversations.back().id == ready.conversation;
  if (!known) {
    conversations.push_back({ready.conversation, now(), {}, {}});
    note(call_moment::agent_ready,
         words(ready.conversation.value,
               std::string{to_string(ready.output)} + " to us, " + std::string{to_string(ready.input)} + " from us"));
    log::info({"[MediaStream] Connected to ElevenLabs for call ", record().call.value}, call_log::about(record()));
  }
  happened(call_event::agent_ready);
  if (known) return;
  if (!life.keys.empty()) tell_keys();  // pressed before he could be told
  if (life.warned_of_length) warn_of_length();
  save();
}

// --- a second one beside it
// ---------------------------------------------------------------------------------------------

void live_call::await_second_attempt() {
  const auto& life = *with_.life;
  const auto due = life.agent_ready_by - supervision::agent_ready_limit + supervision::second_attempt_after;
  const auto wait = std::max<caf::timespan>(due - self->clock().now(), caf::timespan{0});
  if (!life.agent_live) self->delayed_send(self, wait, second_attempt{life.agent_leg.id()});
}

bool live_call::wants_second_attempt(caf::actor_id beside) const {
  if (last_word_) return false;
  const auto& life = *with_.life;
  const bool waits = record().state == call_state::connecting || record().state == call_state::holding;
  return waits && !handing_over_ && life.caller_leg && !life.agent_live && life.agent_leg &&
         life.agent_leg.id() == beside;
}

void live_call::on(const second_attempt& due) {
  auto& life = *with_.life;
  // Once a leg, also when this crashes over it.
  if (!wants_second_attempt(due.beside) || std::exchange(life.second_tried_beside, due.beside) == due.beside) return;
  note(call_moment::agent_restart, "a second conversation beside the one that does not begin");
  tell_of_failure({model::why_no_metadata(tenant().language), "; a second conversation is tried beside it"});
  const auto beside = due.beside;
  ask(self, with_.services->vendor, vendor_guard, fetch_signed_url{record().agent, most_for_signed_url})
      .then([this, beside](const signed_url_answer& answer) { open_second_agent(beside, answer); },
            [](const caf::error&) {});
}

void live_call::open_second_agent(caf::actor_id beside, const signed_url_answer& answer) {
  auto& life = *with_.life;
  if (!answer.url || !wants_second_attempt(beside) || life.agent_ready_by <= self->clock().now()) return;
  life.second_agent_leg = with_.services->spawn_agent_leg(next_conversation(*answer.url));
  life.taken_of_second_agent_leg = 0;
  self->monitor(life.second_agent_leg);
}

void live_call::second_agent_takes_over() {
  auto& life = *with_.life;
  life.agent_leg = std::exchange(life.second_agent_leg, nullptr);
  life.taken_of_agent_leg = life.taken_of_second_agent_leg;
}

void live_call::give_up(agent_leg_actor& leg) {
  self->send(leg, close_leg{});
  with_.life->leaving.push_back(std::exchange(leg, nullptr));
}

void live_call::close_agent_legs() {
  for (const auto& leg : {with_.life->agent_leg, with_.life->second_agent_leg})
    if (leg) self->send(leg, close_leg{});
}

// --- what is said
// -------------------------------------------------------------------------------------------------------

void live_call::on(const transcript_line& line) {
  if (!line.agent) agent_noticed_caller();
  note(line.agent ? call_moment::agent_said : call_moment::caller_said, model::utf8_prefix(line.text, max_noted_bytes));
  model::add_line(record(), {line.agent, line.text, now(), {}, line.event_id});
  save();
}

void live_call::on(const transcript_correction& correction) {
  if (model::correct_line(record(), correction.event_id, correction.heard)) save();
}

// --- its end, and the next one
// ------------------------------------------------------------------------------------------

void live_call::conversation_over(std::optional<unsigned> close_code) {
  with_.life->agent_live = false;
  if (record().conversations.empty() || record().conversations.back().ended) return;
  record().conversations.back().ended = now();
  record().conversations.back().close_code = close_code;
}

void live_call::on(const agent_leg_ended& end) {
  auto& life = *with_.life;
  const bool second = sent_by(life.second_agent_leg);
  // Else of one that is given up already, or told twice, to two lives of this call.
  if (!second && !sent_by(life.agent_leg)) return;
  if (!second) conversation_over(end.close_code);
  if (end.how == agent_leg_ended::what::finished) life.state.agent_said_goodbye = true;  // also if this crashes over it
  life.leaving.push_back(std::exchange(second ? life.second_agent_leg : life.agent_leg, nullptr));
  note(call_moment::agent_ended, end.how == agent_leg_ended::what::closed_by_us ? "closed by us"
                                 : end.how == agent_leg_ended::what::finished
                                     ? words("it said goodbye", end.detail)
                                     : words(to_string(end.reason), end.detail));
  if (second) return;  // the first may begin yet
  if (life.second_agent_leg) return second_agent_takes_over();
  switch (end.how) {
    case agent_leg_ended::what::closed_by_us: return;
    case agent_leg_ended::what::finished:
      return end_because(end_reason::agent_ended, end.detail, call_event::agent_ended);
    case agent_leg_ended::what::failed: return agent_trouble(end.reason, end.detail);
  }
}

/// The rule of restarts: a cause that a new conversation may heal, a budget that is not used up, and, as long as the
/// caller has heard nobody yet, the three seconds within which he hears something.
std::optional<std::chrono::milliseconds> live_call::wait_before_restart(end_reason reason) {
  auto& life = *with_.life;
  if (!heals_by_restart(reason)) return std::nullopt;
  if (reason == end_reason::agent_not_hearing && std::exchange(life.healed_hearing, true)) return std::nullopt;
  if (reason == end_reason::agent_not_audible && std::exchange(life.healed_audible, true)) return std::nullopt;
  const auto verdict = life.agent_budget.take(self->clock().now());
  if (!verdict.granted) return std::nullopt;
  const auto wait = supervision::backoff(verdict.attempt, with_.services->random());
  const bool first = record().conversations.empty() && record().answered;
  if (first && left_to_reach_agent() < wait + least_for_a_retry) return std::nullopt;
  return wait;
}

void live_call::tell_of_failure(log::pieces words) {
  call_log::write(std::exchange(with_.life->agent_failure_told, true) ? log::level::debug : log::level::warn, record(),
                  words);
}

void live_call::agent_trouble(end_reason reason, std::string detail) {
  if (is_over(record().state) || handing_over_) return;
  if (with_.life->state.agent_said_goodbye)
    return end_because(end_reason::agent_ended, std::move(detail), call_event::agent_ended);
  in_trouble(reason);
  const auto wait = wait_before_restart(reason);
  if (!wait) return end_because(reason, std::move(detail), call_event::agent_failed);  // whose line says it
  tell_of_failure({"the agent is connected anew (", to_string(reason), "): ", detail});
  next_wait_ = *wait;
  url_.reset();
  ++record().restarts;
  with_.services->counters->agent_restarted(reason);
  note(call_moment::agent_restart,
       "number " + std::to_string(record().restarts) + ", in " + std::to_string(wait->count()) + " ms");
  happened(call_event::agent_lost);
  save();
}

void live_call::on(const retry_agent& due) {
  if (due.attempt != attempt_ || with_.life->agent_leg) return;
  if (record().state == call_state::ringing) return fetch_url();
  if (record().state == call_state::connecting || record().state == call_state::holding) open_agent_when_ready();
}

}  // namespace tonris::actors
