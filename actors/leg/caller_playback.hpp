#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/leg/media_bridge.hpp"
#include "model/audio/backlog.hpp"
#include "model/audio/dead_air.hpp"
#include "model/audio/watch.hpp"
#include "model/audio/whole_frames.hpp"
#include "model/call/end_reason.hpp"
#include "model/quality/playback_meter.hpp"
#include "model/twilio/playback.hpp"
#include "model/twilio/stream.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

/// Last words are waited for as long as what is known to be queued takes to play, and a little, but never longer.
inline constexpr std::chrono::seconds play_out_margin{3}, play_out_limit{120};
inline constexpr std::chrono::seconds hold_tone_after{1};        ///< of silence without an agent
inline constexpr std::size_t caller_queue_bytes = 60 * 8000;     ///< agent audio a slow socket may owe: a minute
inline constexpr std::chrono::seconds caller_queue_patience{2};  ///< more than that so long is too slow
/// At any time: a minute, and the agent's longest message (4 MiB of Base64 text).
inline constexpr std::size_t caller_queue_most = caller_queue_bytes + 3 * 1024 * 1024;
inline constexpr std::size_t caller_socket_bytes = 128 * 1024;  ///< what of it stands in the socket's own queue
/// Ahead of the caller's ear; Twilio throws away what is beyond about ten minutes (31931).
inline constexpr std::chrono::seconds most_ahead{9 * 60 + 30};

/// What the caller of one stream is played: the agent's audio in whole frames with marks behind it, a hold tone where
/// no agent is, and the tenant's sound where one thinks. What his socket has not taken, or Twilio has enough of, waits
/// here; a caller who takes too little of it, or of whose ear no mark comes back, is given up, and nothing more is
/// played. Sends on the leg's socket, counts, and measures. It is ticked ten times a second, and knows the time for
/// measuring alone. Loop thread only; steady state allocates nothing.
class caller_playback {
 public:
  /// Who is told what came of it, and asked what time it is: the caller leg. Called from within the members below.
  class listener {
   public:
    [[nodiscard]] virtual media_counters::heard_clock::time_point now() const = 0;
    virtual void hold_tone_has_changed(bool on) = 0;
    virtual void has_played_out() = 0;
    virtual void cannot_play(model::end_reason reason, std::string_view detail, std::uint16_t close_code) = 0;

   protected:
    ~listener() = default;
  };

  /// All of these must outlive it.
  caller_playback(const model::stream_sid& stream, net::websocket& socket, media_counters& counters,
                  model::playback_meter& meter, listener& told);

  void play(std::string_view payload);  ///< the agent's: Base64 mu-law, any length
  /// Is less than a frame left over of it, waiting for more? The leg says when it has waited long enough.
  [[nodiscard]] bool holds_rest() const noexcept { return !whole_.empty(); }
  void play_rest();
  /// Tones of keys, behind what is queued. What the agent says until they are over waits behind them, and when the
  /// caller speaks, that alone is void.
  void play_keys(std::string_view payload);
  /// The tenant's sound while the agent thinks; whatever it says ends that.
  void begin_dead_air(model::dead_air_sound sound);
  void end_dead_air();
  void clear();    ///< the caller speaks: what is queued, here and at Twilio, is void
  void drained();  ///< the socket took all that was queued
  /// Twilio echoed a mark, from which it is known that the caller hears. Its lag, where that was measured.
  std::optional<std::chrono::milliseconds> marked(std::string_view name);
  void tick(bool agent_is_there);

  /// Lets the caller hear what is queued, then says so. Returns how long he may take for it, at most; nothing when that
  /// was asked before.
  std::optional<std::chrono::milliseconds> begin_play_out();
  void end_play_out();  ///< that time is over

  /// He has heard it all: what comes from his side is no echo of the agent.
  [[nodiscard]] bool is_quiet() const noexcept { return playing_ms_ == 0; }

 private:
  enum class filler : std::uint8_t { none, hold_tone, soft_sound, ticking };

  void play_now(std::string_view payload);
  void play_frames(std::string_view payload, std::size_t bytes);  // whole ones
  void play_piece(std::string_view payload, std::size_t bytes);   // now, or when the socket has taken what it owes
  void keep_back(std::string_view payload);
  void tick_tones();
  void send_piece(std::string_view payload, std::size_t bytes);
  void send_waiting();
  void send_mark();
  void write_mark();  // into text_
  [[nodiscard]] bool far_ahead() const noexcept;
  void check_slow_caller();
  void check_played_out();
  void check_hold_tone(bool agent_is_there);
  void begin_filler(filler what);
  void send_filler();
  void stop_filler();
  void give_up_slow_caller(std::uint64_t dropped);
  void give_up(model::end_reason reason, std::string_view detail, std::uint16_t close_code);

  // given
  net::websocket& socket_;
  media_counters& counters_;
  model::playback_meter& meter_;
  listener& told_;
  const model::stream_sid stream_;
  const model::twilio::media_frame frame_;

  // what was played, and heard of it
  model::playback playback_;
  model::playout_watch watch_;
  std::int64_t playing_ms_ = 0;  // at most so much of the agent's audio is still to be heard
  bool played_since_tick_ = false;
  bool playing_out_ = false;
  bool given_up_ = false;

  // what is not played yet
  model::whole_frames whole_;
  model::audio_backlog waiting_{caller_queue_most};  // the socket is slow, or Twilio has enough
  bool congested_ = false;
  unsigned slow_ticks_ = 0;  // it owes more than a minute

  // the tones of keys
  struct tones {
    std::int64_t left_ms = 0;                        // until they have been heard, at most
    model::audio_backlog speech{caller_queue_most};  // the agent's, meanwhile
  };
  std::optional<tones> tones_;

  // what he hears where nobody speaks
  filler filler_ = filler::none;
  std::size_t filler_pieces_ = 0;  // of the one that runs
  unsigned silent_ticks_ = 0;      // without an agent

  std::string text_;  // mark and clear messages are built here: no allocation a mark
};

}  // namespace tonris::actors
