#include "actors/call/caller_side.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/timings.hpp"
#include "actors/leg/caller_leg.hpp"
#include "actors/leg/travelling_socket.hpp"
#include "model/call/person_words.hpp"

namespace tonris::actors {

using model::call_event;
using model::call_moment;
using model::call_state;
using model::end_reason;
namespace supervision = model::supervision;

// --- a stream's beginning

void caller_side::wait(caf::timespan at_most) {
  call_.self->delayed_send(call_.self, at_most, caller_overdue{++wait_});
}

void caller_side::overdue(const caller_overdue& wait) {
  if (wait.wait != wait_) return;
  switch (call_.record().state) {
    case call_state::ringing:
      return call_.end_because(trouble_.value_or(end_reason::stream_never_came), "no stream came in time",
                               call_event::stream_failed);
    case call_state::stranded:
      return call_.end_because(trouble_.value_or(end_reason::stream_lost),
                               "the caller's stream dropped, and no other came in time", call_event::stream_failed);
    case call_state::ending:
      if (!call_.life->caller_leg) return call_.happened(call_event::stream_failed);
      return close();  // its socket came, but never a start
    case call_state::connecting:
    case call_state::talking:
    case call_state::holding:
    case call_state::ended: return;
  }
}

void caller_side::connected(const caller_connected& connected) {
  auto& life = *call_.life;
  if (connected.socket) {
    if (!life.loop) life.begin_on(call_.services->quietest_loop());
    if (life.loop != connected.home) return bring_over(connected.socket);
  }
  const bool another = tickets_.used();
  if (!connected.socket) {
    tickets_.offer_failed = true;
    return call_.note(call_moment::stream_ended, "the connection broke during its handshake");
  }
  // Nobody takes a socket that comes too late: it is cut on its loop.
  if ((life.caller_leg && !another) || call_.record().state == call_state::ended || call_.handing_over) return;
  if (another) {
    if (life.caller_leg) give_up("another stream came in its place");
    if (life.state.new_streams == supervision::max_new_streams) return no_stream_lasted(end_reason::stream_lost);
    ++life.state.new_streams;
    tell_of_new_stream();
  }
  call_.note(call_moment::stream_opened);
  agent_.want_policy();
  caller_leg::config leg;
  leg.call = call_.self;
  leg.socket = connected.socket;
  leg.services = life.loop;
  leg.bridge = life.bridge;
  leg.call_sid = call_.record().call;
  leg.account_sid = life.state.account;
  leg.dead_air = call_.tenant().dead_air;
  life.caller_leg = call_.services->spawn_caller_leg(std::move(leg));
  life.taken_of_caller_leg = 0;
  call_.self->monitor(life.caller_leg);
  call_.save();
}

/// A leg stays on its loop for life: the caller's stream comes from the door to where the agent is, or will be.
void caller_side::bring_over(const std::shared_ptr<net::websocket>& socket) {
  auto* const home = call_.life->loop;
  home->take_over(socket, [home, call = call_actor{call_.self}](std::shared_ptr<net::websocket> here) {
    caf::anon_send(call, caller_connected{goes_on_its_loop(std::move(here)), home});
  });
}

void caller_side::tell_of_new_stream() {
  call_.services->counters->of<call_metrics>().stream_offered();
  call_.note(call_moment::new_stream, "number " + std::to_string(call_.life->state.new_streams));
}

void caller_side::no_stream_lasted(end_reason otherwise) {
  call_.end_because(trouble_.value_or(otherwise), "no stream of this call lasted", call_event::stream_failed);
}

void caller_side::started(const stream_started& started) {
  if (!call_.sent_by(call_.life->caller_leg)) return;  // of one that is given up already
  auto& record = call_.record();
  auto& streams = record.streams;
  if (!streams.empty() && streams.back().id == started.start.stream) return;  // repeated after a crash
  streams.push_back({started.start.stream, call_.now(), {}});
  call_.note(call_moment::stream_started, started.start.stream.value);
  if (!started.start.mulaw_8000_mono()) return;  // nobody is heard on it, and it ends
  call_.life->before_stream = false;
  agent_.stream_begins();
  if (!record.answered) {
    record.answered = call_.now();
    call_.life->answered_at = call_.steady_now();
    call_.services->counters->of<call_timings>().set_up(*record.answered - record.started);
    length_.begin();
  }
  call_.happened(call_event::stream_started);
  call_.save();
}

// --- a stream's end

void caller_side::play_out() {
  if (call_.life->caller_leg) call_.self->send(call_.life->caller_leg, actors::play_out{});
}

void caller_side::close(std::uint16_t code) {
  if (call_.life->caller_leg) call_.self->send(call_.life->caller_leg, close_leg{code});
}

void caller_side::stream_over() {
  auto& streams = call_.record().streams;
  if (!streams.empty() && !streams.back().ended) streams.back().ended = call_.now();
}

void caller_side::ended(const caller_leg_ended& end) {
  auto& life = *call_.life;
  if (!call_.sent_by(life.caller_leg)) return;  // of a stream that is given up already, or told twice
  stream_over();
  life.leaving.emplace_back(std::exchange(life.caller_leg, nullptr));
  switch (end.how) {
    case caller_leg_end::closed_by_us: return call_.note(call_moment::stream_ended, "closed by us");
    case caller_leg_end::stopped: return stopped();
    case caller_leg_end::failed: break;
  }
  call_.note(call_moment::stream_ended, words(to_string(end.reason), end.detail));
  const bool heals_once = end.reason == end_reason::caller_not_hearing && life.one_way.may_heal(end.reason);
  const bool another_may_do = end.reason == end_reason::stream_lost || end.reason == end_reason::slow_caller ||
                              end.reason == end_reason::stream_protocol_error;
  if (heals_once || another_may_do) return dropped(end.reason, end.detail);
  call_.in_trouble(end.reason);
  call_.end_because(end.reason, end.detail, call_event::stream_failed);
}

void caller_side::stopped() {
  if (tickets_.stream_is_replaced()) {
    trouble_ = end_reason::caller_hung_up;  // should no other come
    call_.note(call_moment::stream_ended, "Twilio asked for another before");
    return call_.happened(call_event::stream_dropped);
  }
  call_.note(call_moment::stream_ended, model::of_person(call_.record().direction, "the caller hung up"));
  call_.end_because(end_reason::caller_hung_up, {}, call_event::caller_hung_up);
}

bool caller_side::crashed(const caf::actor_addr& leg) {
  auto& life = *call_.life;
  if (!life.caller_leg || leg != life.caller_leg.address()) return false;
  call_.note(call_moment::crashed, "the caller leg");
  stream_over();
  life.caller_leg = nullptr;
  dropped(end_reason::internal_error, "the caller leg crashed");
  return true;
}

/// The caller may be on the line still: then Twilio asks connect-action, and gets a new stream for the same call.
void caller_side::dropped(end_reason reason, std::string_view how) {
  trouble_ = reason;
  if (call_.is_over() || call_.handing_over) return;
  call_.in_trouble(reason);
  call_log::warn(call_.record(), "its stream dropped ({reason}): {how}; the call waits for another",
                 {{"reason", to_string(reason)}, {"how", how}});
  call_.services->counters->of<call_metrics>().stream_dropped();
  call_.happened(call_event::stream_dropped);
}

void caller_side::give_up(std::string_view why) {
  auto& life = *call_.life;
  stream_over();
  close(1001);
  life.leaving.emplace_back(std::exchange(life.caller_leg, nullptr));
  call_.note(call_moment::stream_ended, why);
  if (tickets_.redirected_lately()) return call_.happened(call_event::stream_dropped);
  dropped(end_reason::stream_lost, why);
}

void caller_side::reported(const stream_reported& reported) {
  const auto& status = reported.status;
  if (!call_.life->stream_errors_told.are_news(status)) return;
  const auto& streams = call_.record().streams;
  const bool began = std::any_of(streams.begin(), streams.end(), [&](const auto& s) { return s.id == status.stream; });
  if (!call_.life->caller_leg && !began) tickets_.offer_failed = true;
  call_.note(call_moment::stream_ended, words_of_stream_error(status));
  call_log::warn(call_.record(), "Twilio reports a stream error: {error}", {{"error", status.error_text}});
}

}  // namespace tonris::actors
