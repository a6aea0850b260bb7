#include "actors/leg/caller_playback.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/leg/loop_services.hpp"
#include "model/audio/hold_tone.hpp"
#include "model/text/base64.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;
using model::end_reason;

caller_playback::caller_playback(const model::stream_sid& stream, net::websocket& socket, media_counters& counters,
                                 model::playback_meter& meter, listener& told)
    : socket_(socket),
      counters_(counters),
      meter_(meter),
      told_(told),
      stream_(stream),
      frame_(twilio::make_media_frame(stream)) {
  meter_.new_stream();
}

// --- the agent's audio

void caller_playback::play(std::string_view payload) {
  meter_.chunk(std::chrono::milliseconds{model::decoded_size(payload).value_or(0) / 8});
  if (!tones_) return play_now(payload);
  tones_->speech.keep(payload);
  media_counters::bump(counters_.dropped, tones_->speech.take_dropped());
}

void caller_playback::play_keys(std::string_view payload) {
  play_rest();
  play_now(payload);
  if (!tones_) tones_.emplace(tones{});
  tones_->left_ms = std::max(playing_ms_, static_cast<std::int64_t>(playback_.queued_ms() + waiting_.bytes() / 8));
}

void caller_playback::play_now(std::string_view payload) {
  if (filler_ != filler::none) stop_filler();
  const auto bytes = model::decoded_size(payload);
  if (!bytes || *bytes == 0) return;
  if (whole_.passes(*bytes)) return play_frames(payload, *bytes);
  whole_.add(payload, [this](std::string_view frames, std::size_t size) { play_piece(frames, size); });
}

void caller_playback::play_frames(std::string_view payload, std::size_t bytes) {
  using model::whole_frames;
  for (; bytes > whole_frames::piece_bytes; bytes -= whole_frames::piece_bytes) {
    play_piece(payload.substr(0, whole_frames::piece_chars), whole_frames::piece_bytes);
    payload.remove_prefix(whole_frames::piece_chars);
  }
  play_piece(payload, bytes);
}

void caller_playback::play_rest() {
  whole_.flush([this](std::string_view rest, std::size_t size) { play_piece(rest, size); });
}

void caller_playback::play_piece(std::string_view payload, std::size_t bytes) {
  if (congested_ || !waiting_.empty() || far_ahead()) return keep_back(payload);
  send_piece(payload, bytes);
  congested_ = socket_.queued_bytes() >= caller_socket_bytes;
}

void caller_playback::keep_back(std::string_view payload) {
  if (given_up_) return;  // over an earlier piece
  waiting_.keep(payload);
  const auto dropped = waiting_.take_dropped();
  if (dropped == 0) return;
  if (congested_) return give_up_slow_caller(dropped);
  media_counters::bump(counters_.dropped, dropped);  // an agent that talks for a quarter of an hour ahead
}

bool caller_playback::far_ahead() const noexcept {
  return playback_.queued_ms() >= static_cast<std::uint64_t>(std::chrono::milliseconds{most_ahead}.count());
}

void caller_playback::send_piece(std::string_view payload, std::size_t bytes) {
  played_since_tick_ = true;
  playing_ms_ += static_cast<std::int64_t>(bytes / 8);
  watch_.sent(bytes / 8);
  meter_.sent(std::chrono::milliseconds{bytes / 8}, told_.now());
  bool sent = false;
  if (playback_.sent(bytes)) {
    write_mark();
    sent = socket_.send_both(frame_.before, payload, frame_.after, text_);
  } else {
    sent = socket_.send(frame_.before, payload, frame_.after);
  }
  media_counters::bump(sent ? counters_.to_caller : counters_.dropped);
}

void caller_playback::send_waiting() {
  while (!given_up_ && socket_.queued_bytes() < caller_socket_bytes && !far_ahead()) {
    const auto oldest = waiting_.take();
    if (!oldest) break;
    send_piece(*oldest, model::decoded_size(*oldest).value_or(0));
  }
  congested_ = socket_.queued_bytes() >= caller_socket_bytes;
}

void caller_playback::drained() {
  if (congested_) send_waiting();
}

void caller_playback::clear() {
  if (tones_) {
    tones_->speech = model::audio_backlog{caller_queue_most};
    return;
  }
  playback_.cleared();
  watch_.cleared();
  meter_.cleared(told_.now());
  playing_ms_ = 0;
  waiting_ = model::audio_backlog{caller_queue_most};
  whole_.forget();
  text_.clear();
  twilio::append_clear(stream_, text_);
  socket_.send(text_);
}

// --- marks

void caller_playback::write_mark() {
  std::array<char, 48> name{};
  text_.clear();
  twilio::append_mark(stream_, playback_.next_mark(name.data()), text_);
  meter_.mark_sent(playback_.sent_ms());
}

void caller_playback::send_mark() {
  write_mark();
  socket_.send(text_);
}

std::optional<std::chrono::milliseconds> caller_playback::marked(std::string_view name) {
  if (!playback_.reached(name)) return std::nullopt;
  const auto now = told_.now();
  watch_.marked();
  counters_.heard_ms.store(playback_.heard_ms(), std::memory_order_relaxed);
  counters_.heard_at.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  const auto lag = meter_.mark_back(playback_.heard_ms(), now);
  check_played_out();
  return lag;
}

// --- ten times a second

void caller_playback::tick(bool agent_is_there) {
  send_waiting();
  check_slow_caller();
  if (given_up_) return;
  // While the agent speaks, its audio brings its marks along; what is left behind the last one is marked when it
  // pauses.
  if (!std::exchange(played_since_tick_, false) && playback_.unmarked()) send_mark();
  playing_ms_ = std::max<std::int64_t>(0, playing_ms_ - tick_period.count());
  if (tones_) tick_tones();
  check_hold_tone(agent_is_there);
  if (filler_ != filler::none) send_filler();
  if (watch_.tick(playback_.all_heard()))
    give_up(end_reason::caller_not_hearing, "audio was sent, but Twilio reports none of it as played", 1011);
}

void caller_playback::tick_tones() {
  tones_->left_ms -= tick_period.count();
  if (tones_->left_ms > 0) return;
  auto speech = std::move(tones_->speech);
  tones_.reset();
  while (const auto piece = speech.take()) play_now(*piece);
  play_rest();
}

/// A long message at once is more than a minute too, and leaves as fast as the caller reads.
void caller_playback::check_slow_caller() {
  slow_ticks_ = congested_ && waiting_.bytes() > caller_queue_bytes ? slow_ticks_ + 1 : 0;
  if (slow_ticks_ > caller_queue_patience / tick_period) give_up_slow_caller(0);
}

// --- where nobody speaks

/// Where no agent is, and all that one said has been heard, the caller is told that the line lives.
void caller_playback::check_hold_tone(bool agent_is_there) {
  if (agent_is_there || playing_out_) {
    if (filler_ == filler::hold_tone) stop_filler();
    silent_ticks_ = 0;
    return;
  }
  if (playing_ms_ > 0 || ++silent_ticks_ <= hold_tone_after / tick_period || filler_ != filler::none) return;
  begin_filler(filler::hold_tone);
}

void caller_playback::begin_dead_air(model::dead_air_sound sound) {
  const bool agent_is_heard = playing_ms_ > 0 || !waiting_.empty();
  if (filler_ != filler::none || playing_out_ || tones_ || agent_is_heard) return;
  begin_filler(sound == model::dead_air_sound::soft ? filler::soft_sound : filler::ticking);
}

void caller_playback::end_dead_air() {
  if (filler_ == filler::soft_sound || filler_ == filler::ticking) stop_filler();
}

/// One piece ahead, so that it never stutters.
void caller_playback::begin_filler(filler what) {
  if (congested_) return;
  filler_ = what;
  filler_pieces_ = 0;
  if (what == filler::hold_tone) told_.hold_tone_has_changed(true);
  send_filler();
}

void caller_playback::send_filler() {
  if (congested_) return;
  const auto n = filler_pieces_++;
  switch (filler_) {
    case filler::none: return;
    case filler::hold_tone: socket_.send(frame_.before, model::hold_tone_piece(n), frame_.after); return;
    case filler::soft_sound:
      socket_.send(frame_.before, model::dead_air_piece(model::dead_air_sound::soft, n), frame_.after);
      return;
    case filler::ticking:
      socket_.send(frame_.before, model::dead_air_piece(model::dead_air_sound::ticks, n), frame_.after);
      return;
  }
}

void caller_playback::stop_filler() {
  const auto was = std::exchange(filler_, filler::none);
  silent_ticks_ = 0;
  clear();
  if (was == filler::hold_tone) told_.hold_tone_has_changed(false);
}

// --- the end

std::optional<std::chrono::milliseconds> caller_playback::begin_play_out() {
  if (std::exchange(playing_out_, true)) return std::nullopt;
  play_rest();
  if (playback_.unmarked()) send_mark();
  const std::chrono::milliseconds queued{playback_.queued_ms() +
                                         (waiting_.bytes() + (tones_ ? tones_->speech.bytes() : 0)) / 8};
  check_played_out();
  return std::min<std::chrono::milliseconds>(queued + play_out_margin, play_out_limit);
}

void caller_playback::check_played_out() {
  if (playing_out_ && playback_.all_heard() && waiting_.empty() && (!tones_ || tones_->speech.empty())) end_play_out();
}

void caller_playback::end_play_out() {
  if (std::exchange(playing_out_, false)) told_.has_played_out();
}

void caller_playback::give_up_slow_caller(std::uint64_t dropped) {
  media_counters::bump(counters_.dropped, dropped + waiting_.frames());
  give_up(end_reason::slow_caller, "the caller's socket owes more than a minute of the agent's audio", 1013);
}

void caller_playback::give_up(end_reason reason, std::string_view detail, std::uint16_t close_code) {
  given_up_ = true;
  told_.cannot_play(reason, detail, close_code);
}

}  // namespace tonris::actors
