/// The call's caller leg: streams, what Twilio asks when one is over, key presses, rehearsed failures.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/live_call.hpp"
#include "actors/telemetry/log.hpp"
#include "model/text/phone_number.hpp"

namespace tonris::actors {

using model::call_event;
using model::call_moment;
using model::call_state;
using model::end_reason;
namespace supervision = model::supervision;
using failure = model::tenant::rehearsal_type::failure;

namespace {

constexpr std::size_t max_keys = 64;
constexpr std::chrono::seconds rehearsal_hop{1};
constexpr std::chrono::seconds replacement_limit{5};  // Twilio takes about one to stop what it replaces

}  // namespace

// --- waiting for a stream
// -----------------------------------------------------------------------------------------------

void live_call::wait_for_caller(caf::timespan at_most) {
  self->delayed_send(self, at_most, caller_overdue{++caller_wait_});
}

void live_call::on(const caller_overdue& overdue) {
  if (overdue.wait != caller_wait_) return;
  switch (record().state) {
    case call_state::ringing:
      return end_because(stream_trouble_.value_or(end_reason::stream_never_came), "no stream came in time",
                         call_event::stream_failed);
    case call_state::stranded:
      return end_because(stream_trouble_.value_or(end_reason::stream_lost),
                         "the caller's stream dropped, and no other came in time", call_event::stream_failed);
    case call_state::ending:
      if (!with_.life->caller_leg) return happened(call_event::stream_failed);
      return self->send(with_.life->caller_leg, close_leg{});  // its socket came, but never a start
    case call_state::connecting:
    case call_state::talking:
    case call_state::holding:
    case call_state::ended: return;
  }
}

void live_call::on(const caller_connected& connected) {
  auto& life = *with_.life;
  auto& ticket = life.state.current_ticket;
  const bool another = ticket && !std::exchange(ticket->used, true) && std::exchange(life.offered_beside, false);
  if (!connected.socket) {
    offer_failed_ = true;
    return note(call_moment::stream_ended, "the connection broke during its handshake");
  }
  // Nobody takes a socket that comes too late: it is cut on its loop.
  if ((life.caller_leg && !another) || record().state == call_state::ended || handing_over_) return;
  if (another) {
    if (life.caller_leg) give_up_stream("another stream came in its place");
    if (life.state.new_streams == supervision::max_new_streams)
      return end_because(stream_trouble_.value_or(end_reason::stream_lost), "no stream of this call lasted",
                         call_event::stream_failed);
    ++life.state.new_streams;
    with_.services->counters->stream_offered();
    note(call_moment::new_stream, "number " + std::to_string(life.state.new_streams));
  }
  note(call_moment::stream_opened);
  if (!policy_) fetch_policy();
  if (life.loop != connected.services || !life.bridge) {
    life.bridge = std::make_shared<media_bridge>();
    life.bridge->counters = life.counters;
    life.loop = connected.services;
    // The agent leg stays on its loop for life: on another one the caller gets a conversation that goes on.
    if (life.agent_leg) {
      give_up(life.agent_leg);
      conversation_over(std::nullopt);
    }
    if (life.second_agent_leg) give_up(life.second_agent_leg);
  }
  caller_leg::config leg;
  leg.call = caf::actor_cast<caf::actor>(self);
  leg.socket = connected.socket;
  leg.services = life.loop;
  leg.bridge = life.bridge;
  leg.call_sid = record().call;
  leg.account_sid = life.state.account;
  life.caller_leg = with_.services->spawn_caller_leg(std::move(leg));
  life.taken_of_caller_leg = 0;
  self->monitor(life.caller_leg);
  save();
}

void live_call::on(const stream_started& started) {
  if (!sent_by(with_.life->caller_leg)) return;  // of one that is given up already
  auto& streams = record().streams;
  if (!streams.empty() && streams.back().id == started.start.stream) return;  // repeated after a crash
  silent_since_ = self->clock().now();
  streams.push_back({started.start.stream, now(), {}});
  note(call_moment::stream_started, started.start.stream.value);
  if (!record().answered) {
    record().answered = now();
    with_.life->answered_at = self->clock().now();
    begin_length_checks();
  }
  happened(call_event::stream_started);
  save();
}

// --- a stream's end
// -----------------------------------------------------------------------------------------------------

void live_call::stream_over() {
  if (!record().streams.empty() && !record().streams.back().ended) record().streams.back().ended = now();
}

void live_call::on(const caller_leg_ended& end) {
  auto& life = *with_.life;
  if (!sent_by(life.caller_leg)) return;  // of a stream that is given up already, or told twice
  stream_over();
  life.leaving.push_back(std::exchange(life.caller_leg, nullptr));
  switch (end.how) {
    case caller_leg_ended::what::closed_by_us: return note(call_moment::stream_ended, "closed by us");
    case caller_leg_ended::what::stopped:
      if (is_replaced()) {
        stream_trouble_ = end_reason::caller_hung_up;  // should no other come
        note(call_moment::stream_ended, "Twilio asked for another before");
        return happened(call_event::stream_dropped);
      }
      note(call_moment::stream_ended, "the caller hung up");
      return end_because(end_reason::caller_hung_up, {}, call_event::caller_hung_up);
    case caller_leg_ended::what::failed: break;
  }
  note(call_moment::stream_ended, words(to_string(end.reason), end.detail));
  const bool heals_once = end.reason == end_reason::caller_not_hearing && !std::exchange(life.healed_caller, true);
  const bool another_may_do = end.reason == end_reason::stream_lost || end.reason == end_reason::slow_caller ||
                              end.reason == end_reason::stream_protocol_error;
  if (heals_once || another_may_do) {
    stream_trouble_ = end.reason;
    return drop_stream(end.reason, end.detail);
  }
  in_trouble(end.reason);
  end_because(end.reason, end.detail, call_event::stream_failed);
}

/// The caller may be on the line still: then Twilio asks connect-action, and gets a new stream for the same call.
void live_call::drop_stream(end_reason reason, std::string_view how) {
  if (is_over(record().state) || handing_over_) return;
  in_trouble(reason);
  call_log::warn(record(), {"its stream dropped (", to_string(reason), "): ", how, "; the call waits for another"});
  with_.services->counters->stream_dropped();
  happened(call_event::stream_dropped);
}

void live_call::give_up_stream(std::string_view why) {
  auto& life = *with_.life;
  stream_over();
  self->send(life.caller_leg, close_leg{1001});
  life.leaving.push_back(std::exchange(life.caller_leg, nullptr));
  note(call_moment::stream_ended, why);
  if (redirected_lately()) return happened(call_event::stream_dropped);
  drop_stream(end_reason::stream_lost, why);
}

bool live_call::redirected_lately() const {
  return redirected_ && self->clock().now() - *redirected_ < replacement_limit;
}

/// A redirect: Twilio asked for the next document first, and stops the stream that it takes the place of.
bool live_call::is_replaced() const {
  const auto& ticket = with_.life->state.current_ticket;
  return redirected_lately() && with_.life->offered_beside && ticket && !ticket->used;
}

void live_call::on(const stream_reported& reported) {
  if (reported.status.event != model::twilio::stream_status::what::error) return;
  if (!with_.life->caller_leg) offer_failed_ = true;
  note(call_moment::stream_ended, words("Twilio reports an error", reported.status.error_text));
  call_log::warn(record(), {"Twilio reports a stream error: ", reported.status.error_text});
}

// --- what Twilio asks
// ----------------------------------------------------------------------------------------------------

caf::result<call_answer> live_call::on(const connect_action& asked) {
  if (auto answer = decide(asked)) return std::move(*answer);
  if (last_word_) return self->delegate(with_.supervisor, asked);
  held_.push_back({asked, self->make_response_promise<call_answer>()});
  return caf::delegated<call_answer>{};
}

/// Nothing where the call is at its end: then whoever remembers it answers.
std::optional<call_answer> live_call::decide(const connect_action& asked) {
  auto& life = *with_.life;
  if (const auto* const same = life.answered.find(asked.token)) return *same;
  if (model::twilio::is_final(asked.status)) {
    life.over = true;
    take_news(life.state, asked.news, *with_.services->journal, now());
    end_because(end_reason::caller_hung_up, "Twilio reported the call's end", call_event::caller_hung_up);
    return call_answer{call_answer::verb::nothing};
  }
  if (is_over(record().state)) {
    const bool comes_back = asked.voice && asked.status == model::twilio::call_status::in_progress &&
                            record().reason == end_reason::caller_hung_up && !life.over;
    if (comes_back) return std::nullopt;
    if (!life.caller_leg) happened(call_event::stream_failed);  // none is to be waited for
  } else if (handing_over_) {
    if (asked.redirects < max_redirects) {
      sent_on_ = true;
      return call_answer::redirect(call_answer::verb::redirect_connect, asked.redirects, hand_over_pause_);
    }
    end_because(end_reason::shutdown, "no other node took the call", call_event::end_requested);
  } else if (auto stream = offer(asked)) {
    life.answered.add(asked.token, *stream);
    return stream;
  }
  if (last_word_) return std::nullopt;
  auto answer = next_fallback(life.state, life.tenant.get(), asked.news, life.answered, *with_.services->journal,
                              *with_.services->counters, now());
  life.answered.add(asked.token, answer);
  save();
  return answer;
}

/// A first webhook sent again gets what it got. A stream that seems to run may be over, or the question an old one sent
/// again: it runs on until another is there. Without a stream the question counts, unless it is the one that the
/// waiting ticket is the answer to.
std::optional<call_answer> live_call::offer(const connect_action& asked) {
  auto& life = *with_.life;
  auto& state = life.state;
  const auto& ticket = state.current_ticket;
  const bool failed = asked.news == model::fallback_news::failed;
  const bool answered_already = asked.status == model::twilio::call_status::in_progress;  // by Twilio, for the caller
  if (asked.voice && !answered_already && !failed && ticket) return call_answer::with_stream(ticket->id);
  const bool waits = ticket && !ticket->used && self->clock().now() < ticket->expires;
  if (life.caller_leg) {
    if (asked.voice) redirected_ = self->clock().now();
    if (!waits) issue_ticket();
    life.offered_beside = true;
    return call_answer::with_stream(ticket->id);
  }
  const bool was_answered =
      asked.voice ? !failed : (state.new_streams > 0 || life.offered_beside) && asked.token.empty();
  if (waits && was_answered && !offer_failed_) return call_answer::with_stream(ticket->id);
  if (state.new_streams < supervision::max_new_streams) return offer_stream();
  const auto unknown = record().answered ? end_reason::stream_lost : end_reason::stream_never_came;
  end_because(stream_trouble_.value_or(unknown), "no stream of this call lasted", call_event::stream_failed);
  return std::nullopt;
}

call_answer live_call::offer_stream() {
  auto& state = with_.life->state;
  ++state.new_streams;
  with_.life->offered_beside = false;
  issue_ticket();
  wait_for_caller(setup_limit);
  with_.services->counters->stream_offered();
  note(call_moment::new_stream, "number " + std::to_string(state.new_streams));
  save();
  return call_answer::with_stream(state.current_ticket->id);
}

void live_call::issue_ticket() {
  auto& ticket = with_.life->state.current_ticket;
  ticket = {with_.services->make_ticket(), self->clock().now() + ticket_life, false};
  offer_failed_ = false;
  self->send(with_.supervisor, ticket_issued{record().call, ticket->id});
  save();
}

// --- keys
// ---------------------------------------------------------------------------------------------------------------

void live_call::on(const key_pressed& key) {
  auto& keys = with_.life->keys;
  if (keys.size() >= max_keys) keys.erase(0, 1);
  keys += key.digit;
  with_.life->state.sealed_keys = with_.services->seal(keys);
  note(call_moment::key_pressed);
  tell_keys();
  save();
}

void live_call::tell_keys() {
  if (with_.life->agent_live)
    self->send(with_.life->agent_leg,
               tell_agent{"The caller pressed these keys on the phone so far: " + with_.life->keys, "dtmf"});
}

// --- rehearsed failures
// --------------------------------------------------------------------------------------------------

void live_call::plan_rehearsal() {
  const auto& plan = tenant().rehearsal;
  if (!plan) return;
  const bool listed = model::is_listed(plan->callers, record().from);
  with_.services->counters->rehearsal(listed ? metrics::rehearsed::planned : metrics::rehearsed::refused);
  note(call_moment::rehearsal, words(to_string(plan->what), listed ? "planned" : "refused: the caller is not listed"));
  call_log::warn(record(), {"rehearsal of ", to_string(plan->what),
                            listed ? " planned" : " refused, its caller is not on the tenant's list"});
  with_.life->rehearsing = listed;
  await_rehearsal();
}

void live_call::await_rehearsal() {
  const auto& life = *with_.life;
  if (!life.rehearsing || life.rehearsed || !tenant().rehearsal) return;
  if (tenant().rehearsal->what == failure::slow_vendor) return;  // each fetch of a signed address is slow
  self->delayed_send(self, std::chrono::seconds{tenant().rehearsal->after_seconds}, rehearse{});
}

bool live_call::vendor_is_slow() {
  return with_.life->rehearsing && tenant().rehearsal && tenant().rehearsal->what == failure::slow_vendor;
}

/// What is not there cannot break: a rehearsal waits for it.
bool live_call::can_be_rehearsed(failure what) const {
  switch (what) {
    case failure::agent_drop:
    case failure::garbage_frame:
    case failure::agent_crash: return with_.life->agent_live;
    case failure::caller_drop:
    case failure::caller_crash:
      return with_.life->caller_leg && !record().streams.empty() && !record().streams.back().ended;
    case failure::call_crash:
    case failure::slow_vendor: return true;
  }
  return true;
}

/// Once a call, however often a slow vendor is asked.
void live_call::rehearsed_now() {
  if (std::exchange(with_.life->rehearsed, true)) return;
  with_.services->counters->rehearsal(metrics::rehearsed::done);
  note(call_moment::rehearsal, words(to_string(tenant().rehearsal->what), "now"));
}

void live_call::rehearse_now() {
  auto& life = *with_.life;
  if (!tenant().rehearsal || is_over(record().state)) return;
  if (!can_be_rehearsed(tenant().rehearsal->what)) return self->delayed_send(self, rehearsal_hop, rehearse{});
  const auto inject_into = [&](const any_leg& leg, inject::what what) { self->send(leg, inject{what}); };
  rehearsed_now();
  switch (tenant().rehearsal->what) {
    case failure::agent_drop: return inject_into(life.agent_leg, inject::what::drop);
    case failure::garbage_frame: return inject_into(life.agent_leg, inject::what::garbage);
    case failure::agent_crash: return inject_into(life.agent_leg, inject::what::crash);
    case failure::caller_drop: return inject_into(life.caller_leg, inject::what::drop);
    case failure::caller_crash: return inject_into(life.caller_leg, inject::what::crash);
    case failure::call_crash: throw std::runtime_error("a rehearsed crash");
    case failure::slow_vendor: return;
  }
}

}  // namespace tonris::actors
