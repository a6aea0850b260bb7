#include "actors/leg/caller_leg.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/leg/leg_end.hpp"
#include "actors/leg/metrics.hpp"
#include "model/audio/silence.hpp"
#include "model/text/base64.hpp"

namespace tonris::actors {

// --- to itself
struct play_out_over {  ///< the wait for the caller's ear is over
  using travels = in_process;
};
struct flush_rest {  ///< nothing may have come to make what is left over a frame
  using travels = in_process;
};

namespace twilio = model::twilio;
using model::end_reason;

namespace {

/// One frame in eight is timed: two looks at the clock are a tenth of what a frame costs us.
constexpr std::uint32_t timed_frames = 8;

/// His frames are the clock: they come from the stream's start on, each of 20 ms. So nothing is kept, and none is read.
void count_first_audio(const media_bridge& bridge, const loop_services& services) {
  constexpr std::chrono::milliseconds frame{20};
  const auto frames = bridge.counters->from_caller.load(std::memory_order_relaxed);
  services.counters->of<leg_metrics>().first_audio(frame * frames);
}

model::dead_air_sound sound_of(model::tenant::dead_air_type::sound_type chosen) noexcept {
  using enum model::tenant::dead_air_type::sound_type;
  return chosen == soft ? model::dead_air_sound::soft : model::dead_air_sound::ticks;
}

}  // namespace

net::websocket_limits twilio_socket_limits() noexcept {
  net::websocket_limits limits;
  limits.max_message_bytes = twilio::max_inbound_message_bytes;
  limits.max_queued_bytes = 2 * 1024 * 1024;
  limits.idle = std::chrono::seconds{30};
  limits.ping_every = std::chrono::seconds{10};
  return limits;
}

caller_leg::caller_leg(caf::actor_config& actor, config given)
    : leg(actor, std::move(static_cast<leg_config&>(given))),
      unopened_(std::move(given.socket)),
      call_sid_(std::move(given.call_sid)),
      account_sid_(std::move(given.account_sid)) {
  if (given.dead_air)
    dead_air_.emplace(dead_air{sound_of(given.dead_air->sound),
                               model::dead_air_watch{std::chrono::milliseconds{given.dead_air->after_ms}}});
}

caf::behavior caller_leg::make_behavior() {
  begin();
  (void)services().counters->of<leg_metrics>();  // is made now: frames allocate nothing
  bridge().caller = this;
  take(std::move(unopened_));
  return caf::message_handler{
      [this](const agent_interrupted&) {
        if (phase_ != phase::streaming) return;
        playback_->clear();
        if (levels_) levels_->cleared(now());
      },
      [this](const flush_rest&) { check_rest(); },
      [this](const put_on_hold& m) { hold(m.most); },
      [this](const take_back&) { bridge().held_until.reset(); },
      [this](const play_keys& m) {
        if (phase_ == phase::streaming) playback_->play_keys(m.payload);
      },
      [this](const play_out&) { begin_play_out(); },
      [this](const play_out_over&) {
        if (playback_) playback_->end_play_out();
      },
  }
      .or_else(told_every_leg());
}

void caller_leg::on_exit() {
  if (unopened_) std::exchange(unopened_, nullptr)->abort();  // ended before it began
  leg::on_exit();
}

// --- from Twilio

void caller_leg::read(std::string_view text) {
  if (phase_ == phase::closing) return;
  if (phase_ == phase::streaming) {
    if (const auto media = twilio::find_media(text))
      return on_caller_frame(media->payload, {media->sequence, media->chunk, media->timestamp});
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
  services().counters->of<leg_metrics>().bad_message(wire::twilio);
}

void caller_leg::on_caller_frame(std::string_view payload, const frame_marks& marks) {
  if (payload.empty()) return;  // no audio, and no sign of life: the vendor takes no empty frame
  media_counters::bump(bridge().counters->from_caller);
  if (measure_next_ && !bridge().on_hold()) measure(payload);
  if (levels_) levels_->caller(payload);
  auto& gaps = bridge().gaps;
  const auto bytes = model::decoded_size(payload).value_or(0);
  bridge().caller_audio.arrived({marks.sequence, marks.chunk, marks.timestamp, bytes}, now());
  const auto place = gaps.frame(marks.timestamp, bytes);
  if (place.missing > 0) fill(place.missing);
  if (place.late && is_silent(payload)) return gaps.left_out(bytes);
  if (bridge().on_hold()) return pass_on_silence(bytes);
  pass_on(payload);
}

/// His frames are of one size.
void caller_leg::pass_on_silence(std::size_t bytes) {
  if (bytes == 0) return;
  if (model::decoded_size(silence_).value_or(0) != bytes) silence_ = model::ulaw_silence(bytes);
  pass_on(silence_);
}

/// With nobody there whose clock would run on it, a second is enough to keep two sentences apart.
void caller_leg::fill(std::uint64_t bytes) {
  constexpr std::uint64_t piece = model::caller_gaps::bytes_a_tick, most_to_keep = 8000;
  if (!bridge().agent) bytes = std::min(bytes, most_to_keep);
  static const std::string whole = model::ulaw_silence(piece);
  for (; bytes >= piece; bytes -= piece) pass_on(whole);
  if (bytes > 0) pass_on(model::ulaw_silence(bytes));
}

bool caller_leg::is_silent(std::string_view payload) {
  std::vector<std::uint8_t>& frame = bridge().scratch;
  frame.clear();
  return model::append_decoded(payload, frame) && model::level_dbm0(frame) <= model::caller_gaps::silent_dbm0;
}

void caller_leg::pass_on(std::string_view payload) {
  leg* const agent = bridge().agent;
  if (!agent) {
    bridge().backlog.keep(payload);
    return;
  }
  if (++frames_ % timed_frames != 0) {
    agent->run([&] { agent->hear(payload); });
    return;
  }
  const auto begin = std::chrono::steady_clock::now();
  agent->run([&] { agent->hear(payload); });
  const auto took = std::chrono::steady_clock::now() - begin;
  bridge().counters->added_latency.add(took);
  services().counters->of<leg_metrics>().added_latency(took);
}

/// One frame in five is enough to know whether somebody talks.
void caller_leg::measure(std::string_view payload) {
  measure_next_ = false;
  std::vector<std::uint8_t>& frame = bridge().scratch;
  frame.clear();
  if (model::append_decoded(payload, frame)) bridge().hearing.caller_level(model::level_dbm0(frame));
}

void caller_leg::on(twilio::start& start) {
  if (phase_ == phase::streaming && start.call == call_sid_ && start.stream == stream_) return pass_over();
  if (phase_ != phase::before_start)
    return fail(end_reason::stream_protocol_error, "a second start on one stream", 1008);
  if (start.call != call_sid_ || start.account != account_sid_)
    return fail(end_reason::stream_protocol_error, "start names another call or account", 1008);
  if (!start.mulaw_8000_mono()) {
    tell_beginning(stream_started{std::move(start)});  // Twilio bills it
    return fail(end_reason::stream_audio_unknown, "the stream is not mu-law, 8000 Hz, mono", 1003);
  }
  phase_ = phase::streaming;
  bridge().gaps.new_stream();
  bridge().caller_audio.new_stream();
  stream_ = start.stream;
  playback_.emplace(stream_, socket(), *bridge().counters, bridge().agent_audio,
                    static_cast<caller_playback::listener&>(*this));
  tell_beginning(stream_started{std::move(start)});
  auto greeting = std::exchange(bridge().greeting, std::nullopt);
  while (const auto piece = greeting ? greeting->take() : std::nullopt) hear(*piece);
}

void caller_leg::on(twilio::media& media) {
  if (phase_ != phase::streaming) return fail(end_reason::stream_protocol_error, "media before start", 1008);
  if (media.odd) pass_over();
  if (media.inbound) on_caller_frame(media.payload, {media.sequence, media.chunk, media.timestamp});
}

void caller_leg::on(twilio::dtmf& key) {
  if (phase_ != phase::streaming) return pass_over();
  tell_once(key_pressed{key.digit});
}

void caller_leg::on(twilio::mark& mark) {
  if (phase_ != phase::streaming) return pass_over();
  if (const auto lag = playback_->marked(mark.name)) services().counters->of<leg_metrics>().playback_lag(*lag);
}

void caller_leg::on(twilio::stop& stop) {
  if (phase_ != phase::streaming) return fail(end_reason::stream_protocol_error, "stop before start", 1008);
  if (stop.odd) pass_over();
  if (!stop.call.empty() && stop.call != call_sid_) return pass_over();  // not ours to end
  publish_quality();
  tell_end(caller_leg_ended{caller_leg_end::stopped, end_reason::caller_hung_up, {}});
  close(1000);
}

void caller_leg::on(twilio::unknown& unknown) {
  report_unknown(*services().counters, wire::twilio, unknown.event);
}

bool caller_leg::frames_come() {
  const std::uint64_t frames = bridge().counters->from_caller.load(std::memory_order_relaxed);
  const bool came = std::exchange(frames_at_last_tick_, frames) != frames;
  frameless_ticks_ = came ? 0 : frameless_ticks_ + 1;
  return frameless_ticks_ < frame_silence_limit / tick_period;
}

void caller_leg::tick() {
  if (phase_ != phase::streaming) return;
  measure_next_ = playback_->is_quiet();  // while the agent is heard, what comes back may be its echo
  if (!frames_come()) return fail(end_reason::stream_idle, "no frame came for 10 s", 1001);
  if (bridge().on_hold()) tick_hold();
  bridge().caller_audio.tick(bridge().hearing.caller_is_loud());
  publish_quality();
  tick_levels();
  tick_turns();
  playback_->tick(bridge().agent != nullptr && !bridge().on_hold());
}

void caller_leg::publish_quality() {
  bridge().counters->from_caller_quality.put(bridge().caller_audio.figures());
  bridge().counters->to_caller_quality.put(bridge().agent_audio.figures());
}

/// Where nobody watches that is all of it, and a look at a null pointer a frame.
void caller_leg::tick_levels() {
  auto& meter = bridge().counters->levels;
  if (meter.is_watched() != (levels_ != nullptr)) levels_ = levels_ ? nullptr : std::make_unique<watched_levels>(meter);
  if (levels_ && levels_->tick(now())) services().counters->of<leg_metrics>().levels_measured();
}

/// The hold tone is something to hear: he is not in trouble.
void caller_leg::tick_hold() {
  const auto now = clock().now();
  bridge().counters->heard_at.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  if (now < *bridge().held_until) return;
  bridge().held_until.reset();
  tell_once(hold_over{});
}

// --- to the caller

namespace {

model::turns::time turn_time(caf::actor_clock::time_point at) {
  return std::chrono::duration_cast<model::turns::time>(at.time_since_epoch());
}

}  // namespace

/// The end of what he says is known once he has been silent for a while.
void caller_leg::tick_turns() {
  using edge = model::speech_edges::edge;
  const auto now = clock().now();
  const auto caller = caller_speech_.tick(bridge().hearing.caller_is_loud());
  if (caller == edge::begins) {
    bridge().turns.caller_began(turn_time(now - model::speech_edges::least_speech * tick_period));
    bridge().agent_audio.turn_over();
  }
  if (caller == edge::stops)
    count_turn(bridge().turns.caller_ended(turn_time(now - model::speech_edges::pause * tick_period)));
  if (dead_air_) tick_dead_air(caller);
}

/// What the caller hears of it begins with its first sound, which is some 20 ms away.
void caller_leg::answer_begins() {
  count_turn(bridge().turns.agent_began(turn_time(clock().now())));
}

/// Nothing: no turn is complete.
void caller_leg::count_turn(const std::optional<std::chrono::milliseconds>& waited) {
  if (!waited) return;
  services().counters->of<leg_metrics>().turn(*waited);
  bridge().counters->set_turns(bridge().turns.summary());
}

void caller_leg::tick_dead_air(model::speech_edges::edge caller) {
  using edge = model::speech_edges::edge;
  auto& [sound, watch] = *dead_air_;
  const auto now = clock().now();
  heed(watch.agent_live(bridge().agent != nullptr && !bridge().on_hold()));
  switch (caller) {
    case edge::none: break;
    case edge::begins: heed(watch.caller_talks()); break;
    case edge::stops:  // unless he is answered already: then he was only not listened to any more
      if (playback_->is_quiet()) watch.caller_stopped(now - model::speech_edges::pause * tick_period);
      break;
  }
  heed(watch.tick(now));
}

void caller_leg::heed(model::dead_air_watch::action what) {
  switch (what) {
    case model::dead_air_watch::action::nothing: return;
    case model::dead_air_watch::action::play: return playback_->begin_dead_air(dead_air_->sound);
    case model::dead_air_watch::action::stop: return playback_->end_dead_air();
  }
}

void caller_leg::hold(std::chrono::seconds most) {
  if (phase_ == phase::streaming) bridge().held_until = clock().now() + most;
}

void caller_leg::hear(std::string_view payload) {
  if (phase_ == phase::before_start && bridge().greeting) return bridge().greeting->keep(payload);
  if (phase_ != phase::streaming) return;
  if (dead_air_) heed(dead_air_->watch.agent_audio());
  if (playback_->is_quiet()) answer_begins();
  if (levels_) levels_->agent(payload, now());
  const auto& played = bridge().counters->to_caller;
  const bool is_first = played.load(std::memory_order_relaxed) == 0;
  playback_->play(payload);
  if (is_first && played.load(std::memory_order_relaxed) > 0) count_first_audio(bridge(), services());
  if (!playback_->holds_rest()) return;
  rest_since_ = clock().now();
  if (!std::exchange(rest_is_watched_, true)) delayed_send(this, rest_limit, flush_rest{});
}

/// Less than a frame is left of the newest chunk, and nothing came to make it one.
void caller_leg::check_rest() {
  rest_is_watched_ = false;
  if (phase_ != phase::streaming || !playback_->holds_rest()) return;
  const auto waited = clock().now() - rest_since_;
  if (waited >= rest_limit) return playback_->play_rest();
  rest_is_watched_ = true;
  delayed_send(this, rest_limit - waited, flush_rest{});
}

void caller_leg::drained() {
  if (phase_ == phase::streaming) playback_->drained();
}

void caller_leg::begin_play_out() {
  if (phase_ != phase::streaming) return;
  if (const auto longest = playback_->begin_play_out()) delayed_send(this, *longest, play_out_over{});
}

// --- the end

void caller_leg::fail(end_reason reason, std::string_view detail, std::uint16_t close_code) {
  publish_quality();
  tell_end(caller_leg_ended{caller_leg_end::failed, reason, std::string{detail}});
  close(close_code);
}

void caller_leg::close(std::uint16_t code) {
  if (phase_ == phase::closing) return;
  publish_quality();
  phase_ = phase::closing;
  socket().close(code);
}

void caller_leg::socket_has_ended(const net::websocket_end& how) {
  if (phase_ == phase::closing) {
    tell_end(caller_leg_ended{caller_leg_end::closed_by_us, {}, {}});
  } else {
    publish_quality();
    if (broke_the_rules(how.why)) pass_over();
    tell_end(meaning_of_lost_stream(how));
  }
  quit();
}

}  // namespace tonris::actors
