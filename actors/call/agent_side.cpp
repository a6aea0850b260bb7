#include "actors/call/agent_side.hpp"

#include <algorithm>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/call/briefing.hpp"
#include "model/call/never_live.hpp"

namespace tonris::actors {

using model::call_event;
using model::call_moment;
using model::call_state;
using model::end_reason;
namespace supervision = model::supervision;

namespace {

/// Before the first conversation a caller hears a sentence within 3 s: a further try wants so much of that at least.
constexpr std::chrono::milliseconds least_for_a_retry{1000};

/// Some conversation was the caller's, whatever came of it.
bool has_begun(const model::call_record& record) {
  return std::ranges::any_of(record.conversations, model::was_live);
}

}  // namespace

// --- the signed address

/// A caller who has heard nobody yet waits since then.
caf::actor_clock::time_point agent_side::silent_since() const {
  return std::max(began_, stream_began_);
}

/// What is left of the time within which he is told something.
std::chrono::milliseconds agent_side::left_to_reach_agent() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(silent_since() + agent_reached_limit -
                                                               call_.steady_now());
}

void agent_side::fetch_address() {
  address_.fetch_begins();
  auto at_most = most_for_signed_url;
  if (attempt_ > 0 && !has_begun(call_.record()))
    at_most = std::clamp(left_to_reach_agent() - least_connect_limit, least_connect_limit, most_for_signed_url);
  if (!rehearsal_.delays_fetch(at_most)) ask_for_address(at_most);
}

void agent_side::fetch_address(const slow_fetch& rehearsed) {
  if (!rehearsed.too_late) return ask_for_address(rehearsed.at_most);
  address_came({std::nullopt, end_reason::agent_timeout, "signed URL: a rehearsed timeout"});
}

void agent_side::ask_for_address(std::chrono::milliseconds at_most) {
  ask(call_.self, call_.services->vendor, vendor_guard,
      fetch_signed_url{call_.record().agent, at_most, call_.life->tenant})
      .then([this](const signed_url_answer& answer) { address_came(answer); },
            [this](const caf::error&) {
              address_came({std::nullopt, end_reason::agent_timeout, "signed URL: no answer from our own client"});
            });
}

void agent_side::address_came(const signed_url_answer& answer) {
  address_.fetch_over();
  if (call_.last_word || call_.is_over()) return;
  if (!answer.url) {
    call_.note(call_moment::signed_url, words(to_string(answer.failure), answer.detail));
    return fail(answer.failure, answer.detail);
  }
  if (address_.fetched(*answer.url, call_.steady_now())) open_when_ready();
}

void agent_side::want_policy() {
  if (!policy_) fetch_policy();
}

void agent_side::fetch_policy() {
  policy_asked_ = true;
  policy_.reset();
  ask(call_.self, call_.services->vendor, vendor_guard, fetch_agent_policy{call_.record().agent, call_.life->tenant})
      .then(
          [this, agent = call_.record().agent](const agent_policy_answer& answer) {
            if (call_.last_word || agent != call_.record().agent) return;  // the lifeline is the supervisor's
            policy_ = answer.policy;
            const auto& leg = call_.life->agent_leg;  // the conversation may have been faster
            if (leg && policy_ && policy_->sends_transcripts) call_.self->send(leg, expect_transcripts{});
          },
          [](const caf::error&) {});
}

// --- the conversation

void agent_side::warm_up() {
  call_.life->begin_on(call_.services->quietest_loop());
  call_.life->bridge->greeting.emplace(caller_queue_most);
  call_.life->before_stream = true;
  want_policy();
  open_when_ready();
}

void agent_side::open_when_ready() {
  if (call_.life->agent_live) return call_.happened(call_event::agent_ready);
  if (call_.life->state.agent_said_goodbye)  // and its leg is gone: there is nothing to say any more
    return call_.end_because(end_reason::agent_ended, {}, call_event::agent_ended);
  switch (address_.want(call_.steady_now())) {
    case signed_address::next_step::open: return open();
    case signed_address::next_step::fetch: return fetch_address();
    case signed_address::next_step::wait: return;
  }
}

void agent_side::open() {
  address_.not_wanted();
  auto& life = *call_.life;
  if (life.agent_leg || !life.awaits_agent() || call_.is_over() || call_.handing_over) return;
  const auto state = call_.record().state;
  if (state != call_state::connecting && state != call_state::holding && !life.before_stream) return;
  const bool is_first = !has_begun(call_.record());
  life.agent_ready_by = (is_first ? silent_since() : call_.steady_now()) + supervision::agent_ready_limit;
  auto leg = next_conversation(address_.take());
  if (!was_heard()) leg.connect_limit = std::clamp(left_to_reach_agent(), least_connect_limit, most_connect_limit);
  life.agent_leg = call_.services->spawn_agent_leg(std::move(leg));
  life.taken_of_agent_leg = 0;
  call_.self->monitor(life.agent_leg);
  second_.await();
}

agent_leg::config agent_side::next_conversation(model::elevenlabs::signed_url url) {
  using std::chrono::milliseconds;
  const auto& life = *call_.life;
  const auto& record = call_.record();
  model::call_facts facts{record.call, record.agent, record.from, record.to, life.state.caller_name, "in-progress"};
  facts.is_outbound = model::twilio::is_outbound(record.direction);
  agent_leg::config leg;
  leg.call = call_.self;
  leg.services = life.loop;
  leg.bridge = life.bridge;
  leg.url = std::move(url.url);
  leg.expects_transcripts = policy_ && policy_->sends_transcripts;
  leg.ready_limit = std::chrono::duration_cast<milliseconds>(life.agent_ready_by - call_.steady_now());
  if (was_heard()) {
    leg.initiation =
        model::make_resumed_initiation(call_.tenant(), facts, policy_ && policy_->may_override_first_message);
    leg.said_so_far = model::said_so_far(record.transcript, record.lines_left_out == 0);
  } else {
    leg.initiation = model::make_initiation(call_.tenant(), facts);
  }
  for (const auto& [name, value] : life.state.variables) leg.initiation.dynamic_variables.insert_or_assign(name, value);
  return leg;
}

agent_circuits::key agent_side::at_vendor(const model::agent_id& agent) const {
  return {model::vendor_of(call_.tenant()), agent.value};
}

/// Then it does not greet again.
bool agent_side::was_heard() const {
  return call_.life->counters->to_caller.load(std::memory_order_relaxed) > 0 || !call_.record().transcript.empty();
}

/// He is on the line, or it is his phone that rings, and no agent has begun.
bool agent_side::hears_nobody_yet() const {
  return !has_begun(call_.record()) && (call_.record().answered || call_.life->before_stream);
}

void agent_side::rejoin() {
  const auto& life = *call_.life;
  if (life.agent_live) {
    call_.self->send(life.agent_leg, tell_agent{"The caller's line dropped for a moment and is back. What you said "
                                                "meanwhile was not heard.",
                                                "line"});
    return call_.happened(call_event::agent_ready);
  }
  if (!life.agent_leg) open_when_ready();
}

void agent_side::connected() {
  const auto& record = call_.record();
  call_.note(call_moment::agent_connected);
  log::write(log::level::info, "Twilio-ElevenLabs: Connected call {call} to ElevenLabs agent {agent}",
             call_log::whose(record));
}

void agent_side::queue(const agent_queue& at) {
  call_.note(call_moment::agent_queue, at.waiting ? "waiting" : "admitted");
  call_.happened(at.waiting ? call_event::agent_waiting : call_event::agent_admitted);
}

void agent_side::ready(const agent_ready& ready) {
  auto& life = *call_.life;
  if (call_.sent_by(life.second_agent_leg)) {
    give_up(life.agent_leg);
    second_.take_over();
  }
  if (!call_.sent_by(life.agent_leg)) return came_too_late(ready.conversation);
  if (life.second_agent_leg) give_up(life.second_agent_leg);
  life.agent_live = true;
  life.agent_failure_told = false;
  auto& conversations = call_.record().conversations;
  const bool known = !conversations.empty() && conversations.back().id == ready.conversation;
  if (!known) {
    conversations.push_back({ready.conversation, call_.now(), {}, {}});
    call_.note(call_moment::agent_ready,
               words(ready.conversation.value, std::string{to_string(ready.output)} + " to us, " +
                                                   std::string{to_string(ready.input)} + " from us"));
    log::write(log::level::info, "[MediaStream] Connected to ElevenLabs for call {call}",
               call_log::whose(call_.record()));
  }
  call_.services->conversations->add(ready.conversation, call_.record().call);
  call_.happened(call_event::agent_ready);
  if (known) return;
  call_.services->circuits->conversation_began(at_vendor(call_.record().agent), *call_.services->counters);
  keys_.tell();  // pressed before it could be told
  length_.warn_if_due();
  month_.warn_if_due();
  transfer_.conversation_begins();
  call_.save();
}

/// Of one that was given up for another, or could not be talked to: the vendor bills it all the same. Whoever has heard
/// nobody yet goes on waiting.
void agent_side::came_too_late(const model::conversation_id& conversation) {
  auto& all = call_.record().conversations;
  if (std::ranges::any_of(all, [&](const auto& one) { return one.id == conversation; })) return;
  call_.services->conversations->add(conversation, call_.record().call);
  const auto now = call_.now();
  all.insert(call_.life->agent_live ? std::prev(all.end()) : all.end(), {conversation, now, now, {}});
  call_.save();
}

void agent_side::goodbye() {
  call_.life->state.agent_said_goodbye = true;
  call_.save();
}

// --- its end, and the next one

void agent_side::give_up(agent_leg_actor& leg) {
  call_.self->send(leg, close_leg{});
  call_.life->leaving.emplace_back(std::exchange(leg, nullptr));
}

void agent_side::close() {
  for (const auto& leg : {call_.life->agent_leg, call_.life->second_agent_leg})
    if (leg) call_.self->send(leg, close_leg{});
}

void agent_side::conversation_over(std::optional<unsigned> close_code) {
  call_.life->agent_live = false;
  auto& conversations = call_.record().conversations;
  if (conversations.empty() || conversations.back().ended) return;
  conversations.back().ended = call_.now();
  conversations.back().close_code = close_code;
}

void agent_side::ended(const agent_leg_ended& end) {
  auto& life = *call_.life;
  const bool second = call_.sent_by(life.second_agent_leg);
  // Else of one that is given up already, or told twice, to two lives of this call.
  if (!second && !call_.sent_by(life.agent_leg)) return;
  if (!second) conversation_over(end.close_code);
  if (end.how == agent_leg_end::finished) life.state.agent_said_goodbye = true;  // also if this crashes over it
  life.leaving.emplace_back(std::exchange(second ? life.second_agent_leg : life.agent_leg, nullptr));
  call_.note(call_moment::agent_ended, end.how == agent_leg_end::closed_by_us ? "closed by us"
                                       : end.how == agent_leg_end::finished   ? words("it said goodbye", end.detail)
                                                                            : words(to_string(end.reason), end.detail));
  if (second) return;  // the first may begin yet
  if (life.second_agent_leg) return second_.take_over();
  switch (end.how) {
    case agent_leg_end::closed_by_us: return;
    case agent_leg_end::finished:
      return call_.end_because(end_reason::agent_ended, end.detail, call_event::agent_ended);
    case agent_leg_end::failed: return fail(end.reason, end.detail);
  }
}

bool agent_side::crashed(const caf::actor_addr& leg) {
  auto& life = *call_.life;
  if (life.agent_leg && leg == life.agent_leg.address()) {
    call_.note(call_moment::crashed, "the agent leg");
    conversation_over(std::nullopt);
    life.agent_leg = nullptr;
    if (life.second_agent_leg)
      second_.take_over();
    else
      fail(end_reason::internal_error, "the agent leg crashed");
    return true;
  }
  if (!life.second_agent_leg || leg != life.second_agent_leg.address()) return false;
  call_.note(call_moment::crashed, "the second agent leg");
  life.second_agent_leg = nullptr;
  return true;
}

/// The rule of restarts: a cause that a new conversation may heal, a budget that is not used up, and, as long as the
/// caller has heard nobody yet, the three seconds within which he hears something.
std::optional<std::chrono::milliseconds> agent_side::wait_before_restart(end_reason reason) {
  auto& life = *call_.life;
  if (!heals_by_restart(reason) || !life.one_way.may_heal(reason)) return std::nullopt;
  const auto verdict = life.agent_budget.take(call_.steady_now());
  if (!verdict.granted) return std::nullopt;
  const auto wait = supervision::backoff(verdict.attempt, call_.services->random());
  if (hears_nobody_yet() && left_to_reach_agent() < wait + least_for_a_retry) return std::nullopt;
  return wait;
}

void agent_side::tell_of_failure(log::text words, std::initializer_list<log::field> more) {
  const bool told = std::exchange(call_.life->agent_failure_told, true);
  call_log::write(told ? log::level::debug : log::level::warn, call_.record(), words, {more.begin(), more.size()});
}

void agent_side::fail(end_reason reason, std::string detail) {
  if (call_.is_over() || call_.handing_over) return;
  if (call_.life->state.agent_said_goodbye)
    return call_.end_because(end_reason::agent_ended, std::move(detail), call_event::agent_ended);
  call_.in_trouble(reason);
  const auto wait = wait_before_restart(reason);
  if (!wait)  // one call counts once, however often it has tried
    call_.services->circuits->failed(at_vendor(call_.record().agent), reason, call_.steady_now(),
                                     *call_.services->counters);
  if (!wait && goes_on_with_next_agent(reason, detail)) return;
  if (!wait) return call_.end_because(reason, std::move(detail), call_event::agent_failed);  // whose line says it
  tell_of_failure("the agent is connected anew ({reason}): {detail}",
                  {{"reason", to_string(reason)}, {"detail", detail}});
  next_wait_ = *wait;
  address_.drop();
  auto& record = call_.record();
  ++record.restarts;
  call_.services->counters->of<call_metrics>().agent_restarted(reason);
  call_.note(call_moment::agent_restart,
             "number " + std::to_string(record.restarts) + ", in " + std::to_string(wait->count()) + " ms");
  call_.happened(call_event::agent_lost);
  call_.save();
}

/// The next of the call's list, in place of one that cannot serve. It has restarts of its own.
bool agent_side::goes_on_with_next_agent(end_reason reason, const std::string& detail) {
  if (!another_agent_may_serve(reason)) return false;
  auto& record = call_.record();
  if (hears_nobody_yet() && left_to_reach_agent() < least_for_a_retry) return false;
  auto& next = call_.life->state.next_agents;
  const auto chosen = std::find_if(next.begin(), next.end(), [this](const model::agent_id& agent) {
    return call_.services->circuits->admits(at_vendor(agent), call_.steady_now());
  });
  if (chosen == next.end()) return false;
  call_log::warn(record, "the call goes on with agent {next} ({reason}): {detail}",
                 {{"next", *chosen}, {"reason", to_string(reason)}, {"detail", detail}});
  call_.note(call_moment::agent_restart, "with the next agent, " + chosen->value + ", instead of " +
                                             record.agent.value + ": " + words(to_string(reason), detail));
  if (record.variant.empty()) record.variant = record.agent.value;  // it keeps the call, whoever serves
  record.agent = *chosen;
  next.erase(next.begin(), chosen + 1);
  ++record.restarts;
  call_.services->counters->of<call_metrics>().agent_changed(reason);
  call_.life->agent_budget = supervision::restart_budget{supervision::agent_leg_budget};
  next_wait_ = std::chrono::milliseconds{0};
  address_.drop();
  if (std::exchange(policy_asked_, false)) fetch_policy();
  call_.happened(call_event::agent_lost);
  call_.save();
  return true;
}

void agent_side::retry_later() {
  call_.self->delayed_send(call_.self, next_wait_, retry_agent{++attempt_});
}

void agent_side::retry(const retry_agent& due) {
  if (due.attempt != attempt_ || call_.life->agent_leg || call_.handing_over) return;
  const auto state = call_.record().state;
  if (state == call_state::ringing && !call_.life->before_stream) return fetch_address();
  if (state == call_state::ringing || state == call_state::connecting || state == call_state::holding)
    open_when_ready();
}

}  // namespace tonris::actors
