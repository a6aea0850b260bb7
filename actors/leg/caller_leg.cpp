#include "actors/leg/caller_leg.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "actors/runtime/guard.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/unknown_message.hpp"
#include "model/audio/hold_tone.hpp"
#include "model/audio/silence.hpp"
#include "model/text/base64.hpp"

namespace tonris::actors {

// --- to itself
struct play_out_over {  ///< the wait for the caller's ear is over
  using travels = in_process;
};

struct flush_rest {  // the leg to itself
  using travels = in_process;
};

namespace twilio = model::twilio;
using model::end_reason;

namespace {

/// One frame in eight is timed: two looks at the clock are a tenth of what a frame costs us.
constexpr std::uint32_t timed_frames = 8;

}  // namespace

net::websocket_limits twilio_socket_limits() noexcept {
  net::websocket_limits limits;
  limits.max_message_bytes = twilio::max_inbound_message_bytes;
  limits.max_queued_bytes = 2 * 1024 * 1024;
  limits.idle = std::chrono::seconds{30};
  limits.ping_every = std::chrono::seconds{10};
  return limits;
}

caller_leg::caller_leg(caf::actor_config& actor, config with) : leg(actor), with_(std::move(with)) {}

caf::behavior caller_leg::make_behavior() {
  guard(this, *with_.services->counters);
  live_until_exit();
  follow(std::exchange(with_.call, nullptr));
  with_.bridge->caller = this;
  with_.services->add_leg(this);
  session_ = std::make_shared<socket_session>(std::move(with_.socket), *this);
  session_->start();
  return {
      [this](const agent_interrupted&) { clear(); },
      [](const thrown& exception) { std::rethrow_exception(exception.what); },
      [this](const socket_ended& end) { on_socket_end(*end.how); },
      [this](const flush_rest&) { check_rest(); },
      [this](const play_out&) { begin_play_out(); },
      [this](const play_out_over&) {
        if (std::exchange(playing_out_, false)) tell(played_out{});
      },
      [this](const close_leg& how) { close(how.code); },
      [this](const adopt& by) { adopted_by(by); },
      [this](const orphan_check&) { check_orphan(); },
      [this](const inject& rehearsed) {
        if (rehearsed.failure == leg_failure::crash) throw std::runtime_error("a rehearsed crash");
        session_->socket().abort();
      },
  };
}

void caller_leg::on_exit() {
  if (with_.bridge->caller == this) with_.bridge->caller = nullptr;
  with_.services->remove_leg(this);
  // Here, on the loop: whoever drops this actor's last handle does so on some other thread.
  if (session_) std::exchange(session_, nullptr)->release();
  if (with_.socket) std::exchange(with_.socket, nullptr)->abort();  // ended before it began
  leg::on_exit();
}

/// A call that crashed may have missed anything.
void caller_leg::repeat_beginning() {
  if (started_) tell(stream_started{*started_});
}

void caller_leg::repeat_end() {
  if (last_word_) tell(*last_word_);
}

// --- from Twilio
// --------------------------------------------------------------------------------------------------------

void caller_leg::read(std::string_view text) {
  if (phase_ == phase::closing) return;
  if (phase_ == phase::streaming) {
    if (const auto media = twilio::find_media(text)) return on_caller_frame(media->payload, media->timestamp);
  }
  auto message = twilio::decode(text);
  if (!message) {
    pass_over();
    if (model::is_no_message(message.error()))
      fail(end_reason::stream_protocol_error, to_string(message.error()), 1007);
    return;
  }
  std::visit([this](auto& m) { on(m); }, *message);
}

/// What we cannot make sense of in a message of Twilio's is counted, and the call goes on.
void caller_leg::pass_over() {
  with_.services->counters->bad_message(metrics::wire::twilio);
}

void caller_leg::on_caller_frame(std::string_view payload, std::uint64_t timestamp) {
  if (payload.empty()) return;  // no audio, and no sign of life: the vendor takes no empty frame
  media_counters::bump(with_.bridge->counters->from_caller);
  if (measure_next_) measure(payload);
  auto& gaps = with_.bridge->gaps;
  const auto bytes = model::decoded_size(payload).value_or(0);
  const auto place = gaps.frame(timestamp, bytes);
  if (place.missing > 0) fill(place.missing);
  if (place.late && is_silent(payload)) return gaps.left_out(bytes);
  pass_on(payload);
}

/// With nobody there whose clock would run on it, a second is enough to keep two sentences apart.
void caller_leg::fill(std::uint64_t bytes) {
  constexpr std::uint64_t piece = model::caller_gaps::bytes_a_tick, most_to_keep = 8000;
  if (!with_.bridge->agent) bytes = std::min(bytes, most_to_keep);
  static const std::string whole = model::ulaw_silence(piece);
  for (; bytes >= piece; bytes -= piece) pass_on(whole);
  if (bytes > 0) pass_on(model::ulaw_silence(bytes));
}

bool caller_leg::is_silent(std::string_view payload) {
  std::vector<std::uint8_t>& frame = with_.bridge->scratch;
  frame.clear();
  return model::append_decoded(payload, frame) && model::level_dbm0(frame) <= model::caller_gaps::silent_dbm0;
}

void caller_leg::pass_on(std::string_view payload) {
  media_counters& counters = *with_.bridge->counters;
  leg* const agent = with_.bridge->agent;
  if (!agent) {
    with_.bridge->backlog.keep(payload);
    return;
  }
  if (++frames_ % timed_frames != 0) {
    agent->run([&] { agent->hear(payload); });
    return;
  }
  const auto begin = std::chrono::steady_clock::now();
  agent->run([&] { agent->hear(payload); });
  counters.added_latency.add(std::chrono::steady_clock::now() - begin);
}

/// One frame in five is enough to know whether somebody talks.
void caller_leg::measure(std::string_view payload) {
  measure_next_ = false;
  std::vector<std::uint8_t>& frame = with_.bridge->scratch;
  frame.clear();
  if (model::append_decoded(payload, frame)) with_.bridge->hearing.caller_level(model::level_dbm0(frame));
}

void caller_leg::on(twilio::start& start) {
  if (phase_ == phase::streaming && start.call == with_.call_sid && start.stream == stream_) return pass_over();
  if (phase_ != phase::before_start)
    return fail(end_reason::stream_protocol_error, "a second start on one stream", 1008);
  if (start.call != with_.call_sid || start.account != with_.account_sid)
    return fail(end_reason::stream_protocol_error, "start names another call or account", 1008);
  if (!start.mulaw_8000_mono())
    return fail(end_reason::stream_audio_unknown, "the stream is not mu-law, 8000 Hz, mono", 1003);
  phase_ = phase::streaming;
  with_.bridge->gaps.new_stream();
  stream_ = start.stream;
  frame_ = twilio::make_media_frame(stream_);
  started_ = start;
  tell(stream_started{std::move(start)});
}

void caller_leg::on(twilio::media& media) {
  if (phase_ != phase::streaming) return fail(end_reason::stream_protocol_error, "media before start", 1008);
  if (media.odd) pass_over();
  if (media.inbound) on_caller_frame(media.payload, media.timestamp);
}

void caller_leg::on(twilio::dtmf& key) {
  if (phase_ != phase::streaming) return pass_over();
  tell_once(key_pressed{key.digit});
}

void caller_leg::on(twilio::mark& mark) {
  if (phase_ != phase::streaming) return pass_over();
  if (!playback_.reached(mark.name)) return;
  playout_.marked();
  auto& counters = *with_.bridge->counters;
  counters.heard_ms.store(playback_.heard_ms(), std::memory_order_relaxed);
  counters.heard_at.store(clock().now().time_since_epoch().count(), std::memory_order_relaxed);
  check_played_out();
}

void caller_leg::on(twilio::stop& stop) {
  if (phase_ != phase::streaming) return fail(end_reason::stream_protocol_error, "stop before start", 1008);
  if (stop.odd) pass_over();
  if (!stop.call.empty() && stop.call != with_.call_sid) return pass_over();  // not ours to end
  say_goodbye({caller_leg_end::stopped, end_reason::caller_hung_up, {}});
  close(1000);
}

void caller_leg::on(twilio::unknown& unknown) {
  report_unknown(*with_.services->counters, metrics::wire::twilio, unknown.event);
}

void caller_leg::on_socket_end(const net::websocket_end& how) {
  if (phase_ == phase::closing) {
    say_goodbye({caller_leg_end::closed_by_us, {}, {}});
  } else {
    if (broke_the_rules(how.why)) with_.services->counters->bad_message(metrics::wire::twilio);
    const end_reason reason = broke_the_rules(how.why)          ? end_reason::stream_protocol_error
                              : how.why == net::errc::slow_peer ? end_reason::slow_caller
                                                                : end_reason::stream_lost;
    say_goodbye({caller_leg_end::failed, reason, std::string{net::to_string(how.why)}});
  }
  quit();
}

// --- to Twilio
// ----------------------------------------------------------------------------------------------------------

void caller_leg::hear(std::string_view payload) {
  if (phase_ != phase::streaming) return;
  if (hold_pieces_ > 0) stop_hold_tone();
  const auto bytes = model::decoded_size(payload);
  if (!bytes || *bytes == 0) return;
  if (whole_.passes(*bytes)) return play_whole(payload, *bytes);
  whole_.add(payload, [this](std::string_view frames, std::size_t size) { play(frames, size); });
  if (whole_.empty()) return;
  rest_since_ = clock().now();
  if (!std::exchange(rest_is_watched_, true)) delayed_send(this, rest_limit, flush_rest{});
}

void caller_leg::play_whole(std::string_view payload, std::size_t bytes) {
  using model::whole_frames;
  for (; bytes > whole_frames::piece_bytes; bytes -= whole_frames::piece_bytes) {
    play(payload.substr(0, whole_frames::piece_chars), whole_frames::piece_bytes);
    payload.remove_prefix(whole_frames::piece_chars);
  }
  play(payload, bytes);
}

/// Less than a frame is left of the newest chunk, and nothing came to make it one.
void caller_leg::check_rest() {
  rest_is_watched_ = false;
  if (whole_.empty()) return;
  const auto waited = clock().now() - rest_since_;
  if (waited >= rest_limit) return play_rest();
  rest_is_watched_ = true;
  delayed_send(this, rest_limit - waited, flush_rest{});
}

void caller_leg::play_rest() {
  if (phase_ == phase::streaming) whole_.flush([this](std::string_view rest, std::size_t size) { play(rest, size); });
}

void caller_leg::play(std::string_view payload, std::size_t bytes) {
  if (congested_ || !waiting_.empty() || far_ahead()) return keep_back(payload);
  play_piece(payload, bytes);
  congested_ = session_->socket().queued_bytes() >= caller_socket_bytes;
}

void caller_leg::keep_back(std::string_view payload) {
  if (phase_ != phase::streaming) return;  // given up over an earlier piece
  waiting_.keep(payload);
  const auto dropped = waiting_.take_dropped();
  if (dropped == 0) return;
  if (congested_) return give_up_slow_caller(dropped);
  media_counters::bump(with_.bridge->counters->dropped, dropped);  // an agent that talks for a quarter of an hour ahead
}

bool caller_leg::far_ahead() const noexcept {
  return playback_.queued_ms() >= static_cast<std::uint64_t>(std::chrono::milliseconds{most_ahead}.count());
}

/// A long message at once is more than a minute too, and leaves as fast as the caller reads.
void caller_leg::check_slow_caller() {
  slow_ticks_ = congested_ && waiting_.bytes() > caller_queue_bytes ? slow_ticks_ + 1 : 0;
  if (slow_ticks_ > caller_queue_patience / tick_period) give_up_slow_caller(0);
}

void caller_leg::give_up_slow_caller(std::uint64_t dropped) {
  media_counters::bump(with_.bridge->counters->dropped, dropped + waiting_.frames());
  fail(end_reason::slow_caller, "the caller's socket owes more than a minute of the agent's audio", 1013);
}

void caller_leg::play_waiting() {
  net::websocket& socket = session_->socket();
  while (phase_ == phase::streaming && socket.queued_bytes() < caller_socket_bytes && !far_ahead()) {
    const auto oldest = waiting_.take();
    if (!oldest) break;
    play_piece(*oldest, model::decoded_size(*oldest).value_or(0));
  }
  congested_ = socket.queued_bytes() >= caller_socket_bytes;
}

void caller_leg::play_piece(std::string_view payload, std::size_t bytes) {
  net::websocket& socket = session_->socket();
  played_since_tick_ = true;
  playing_ms_ += static_cast<std::int64_t>(bytes / 8);
  playout_.sent(bytes / 8);
  bool sent = false;
  if (playback_.sent(bytes)) {
    std::array<char, 48> name{};
    mark_.clear();
    twilio::append_mark(stream_, playback_.next_mark(name.data()), mark_);
    sent = socket.send_both(frame_.before, payload, frame_.after, mark_);
  } else {
    sent = socket.send(frame_.before, payload, frame_.after);
  }
  media_counters& counters = *with_.bridge->counters;
  media_counters::bump(sent ? counters.to_caller : counters.dropped);
}

void caller_leg::tick() {
  if (phase_ != phase::streaming) return;
  check_frames();
  if (phase_ != phase::streaming) return;
  play_waiting();
  check_slow_caller();
  if (phase_ != phase::streaming) return;
  // While the agent speaks, its audio brings its marks along; what is left behind the last one is marked when it
  // pauses.
  if (!std::exchange(played_since_tick_, false) && playback_.unmarked()) mark_now();
  playing_ms_ = std::max<std::int64_t>(0, playing_ms_ - tick_period.count());
  check_hold_tone();
  if (playout_.tick(playback_.all_heard()))
    fail(end_reason::caller_not_hearing, "audio was sent, but Twilio reports none of it as played", 1011);
}

void caller_leg::drained() {
  if (congested_) play_waiting();
}

void caller_leg::check_frames() {
  const std::uint64_t frames = with_.bridge->counters->from_caller.load(std::memory_order_relaxed);
  measure_next_ = playing_ms_ == 0;  // while the agent is heard, what comes back may be its echo
  if (std::exchange(frames_at_last_tick_, frames) != frames) {
    frameless_ticks_ = 0;
  } else if (++frameless_ticks_ >= frame_silence_limit / tick_period) {
    fail(end_reason::stream_idle, "no frame came for 10 s", 1001);
  }
}

/// Where no agent is, and all that one said has been heard, the caller is told that the line lives.
void caller_leg::check_hold_tone() {
  if (with_.bridge->agent || playing_out_) {
    if (hold_pieces_ > 0) stop_hold_tone();
    silent_ticks_ = 0;
    return;
  }
  if (playing_ms_ > 0 || ++silent_ticks_ <= hold_tone_after / tick_period) return;
  if (congested_) return;
  if (hold_pieces_ == 0) {  // one piece ahead, so that it never stutters
    tell_once(hold_tone_changed{true});
    session_->socket().send(frame_.before, model::hold_tone_piece(hold_pieces_++), frame_.after);
  }
  session_->socket().send(frame_.before, model::hold_tone_piece(hold_pieces_++), frame_.after);
}

void caller_leg::stop_hold_tone() {
  hold_pieces_ = 0;
  silent_ticks_ = 0;
  clear();
  tell_once(hold_tone_changed{false});
}

void caller_leg::mark_now() {
  if (phase_ != phase::streaming) return;
  std::array<char, 48> name{};
  mark_.clear();
  twilio::append_mark(stream_, playback_.next_mark(name.data()), mark_);
  session_->socket().send(mark_);
}

void caller_leg::clear() {
  if (phase_ != phase::streaming) return;
  playback_.cleared();
  playout_.cleared();
  playing_ms_ = 0;
  waiting_ = model::audio_backlog{caller_queue_most};
  whole_.forget();
  mark_.clear();
  twilio::append_clear(stream_, mark_);
  session_->socket().send(mark_);
}

// --- the end
// ------------------------------------------------------------------------------------------------------------

void caller_leg::begin_play_out() {
  if (phase_ != phase::streaming || playing_out_) return;
  playing_out_ = true;
  play_rest();
  if (playback_.unmarked()) mark_now();
  const std::chrono::milliseconds queued{playback_.queued_ms() + waiting_.bytes() / 8};
  delayed_send(this, std::min<caf::timespan>(queued + play_out_margin, play_out_limit), play_out_over{});
  check_played_out();
}

void caller_leg::check_played_out() {
  if (!playing_out_ || !playback_.all_heard() || !waiting_.empty()) return;
  playing_out_ = false;
  tell(played_out{});
}

void caller_leg::fail(end_reason reason, std::string_view detail, std::uint16_t close_code) {
  say_goodbye({caller_leg_end::failed, reason, std::string{detail}});
  close(close_code);
}

void caller_leg::close(std::uint16_t code) {
  if (phase_ == phase::closing) return;
  phase_ = phase::closing;
  session_->socket().close(code);
}

void caller_leg::say_goodbye(caller_leg_ended last_word) {
  if (last_word_) return;
  last_word_ = std::move(last_word);
  tell(*last_word_);
}

}  // namespace tonris::actors
