#pragma once

#include <caf/actor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "actors/leg/loop_services.hpp"
#include "actors/leg/media_bridge.hpp"
#include "actors/leg/messages.hpp"
#include "actors/leg/socket_session.hpp"
#include "model/audio/backlog.hpp"
#include "model/audio/watch.hpp"
#include "model/audio/whole_frames.hpp"
#include "model/twilio/playback.hpp"
#include "model/twilio/stream.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

/// Last words are waited for as long as what is known to be queued takes to play, and a little, but never longer.
inline constexpr std::chrono::seconds play_out_margin{3}, play_out_limit{120};
inline constexpr std::chrono::seconds frame_silence_limit{10};   ///< no frame at all: the stream is dead
inline constexpr std::chrono::seconds hold_tone_after{1};        ///< of silence without an agent
inline constexpr std::size_t caller_queue_bytes = 60 * 8000;     ///< agent audio a slow socket may owe: a minute
inline constexpr std::chrono::seconds caller_queue_patience{2};  ///< more than that so long is too slow
/// At any time: a minute, and the agent's longest message (4 MiB of Base64 text).
inline constexpr std::size_t caller_queue_most = caller_queue_bytes + 3 * 1024 * 1024;
inline constexpr std::size_t caller_socket_bytes = 128 * 1024;  ///< what of it stands in the socket's own queue
inline constexpr std::chrono::milliseconds rest_limit{40};      ///< for what is left over of a chunk to become a frame
/// Ahead of the caller's ear; Twilio throws away what is beyond about ten minutes (31931).
inline constexpr std::chrono::seconds most_ahead{9 * 60 + 30};

/// The limits of a media stream's socket: Twilio's frames are small; an RFC 6455 ping each 10 s and 30 s without a sign
/// of life end a half-open connection (docs/protocols/twilio.md#what-has-gone-wrong-elsewhere).
[[nodiscard]] net::websocket_limits twilio_socket_limits() noexcept;

/// The caller leg: speaks Twilio's stream protocol on one socket, hands the caller's frames to the agent leg and plays
/// the agent's audio to the caller, with marks behind it; a hold tone where no agent is. Loop-bound. Tells its call
/// what happened, its last word being caller_leg_ended; ends when its call ends. An exception here ends this leg only.
class caller_leg final : public leg {
 public:
  struct config {
    caf::actor call;
    std::shared_ptr<net::websocket> socket;
    loop_services* services = nullptr;
    std::shared_ptr<media_bridge> bridge;
    model::call_sid call_sid;  ///< `start` must name these
    model::account_sid account_sid;
  };

  caller_leg(caf::actor_config& actor, config with);
  [[nodiscard]] const char* name() const override { return "tonris.twilio_socket"; }
  caf::behavior make_behavior() override;
  void on_exit() override;
  void read(std::string_view text) override;
  void hear(std::string_view payload) override;
  void tick() override;
  void drained() override;

 private:
  enum class phase : std::uint8_t { before_start, streaming, closing };
  void repeat_beginning() override;
  void repeat_end() override;

  // from Twilio
  void on_caller_frame(std::string_view payload, std::uint64_t timestamp);
  void pass_on(std::string_view payload);
  void fill(std::uint64_t bytes);
  [[nodiscard]] bool is_silent(std::string_view payload);
  void measure(std::string_view payload);
  void on(model::twilio::connected&) {}
  void on(model::twilio::start& start);
  void on(model::twilio::media& media);
  void on(model::twilio::dtmf& key);
  void on(model::twilio::mark& mark);
  void on(model::twilio::stop& stop);
  void on(model::twilio::unknown& unknown);
  void pass_over();
  void on_socket_end(const net::websocket_end& how);

  // to Twilio
  void play_whole(std::string_view payload, std::size_t bytes);
  void play(std::string_view payload, std::size_t bytes);  // now, or when the socket has taken what it owes
  void keep_back(std::string_view payload);
  void check_rest();
  void play_rest();
  [[nodiscard]] bool far_ahead() const noexcept;
  void play_piece(std::string_view payload, std::size_t bytes);
  void play_waiting();
  void check_slow_caller();
  void give_up_slow_caller(std::uint64_t dropped);
  void mark_now();
  void clear();

  // ten times a second
  void check_frames();
  void check_hold_tone();
  void stop_hold_tone();

  void begin_play_out();
  void check_played_out();
  void fail(model::end_reason reason, std::string_view detail, std::uint16_t close_code);
  void close(std::uint16_t code);
  void say_goodbye(caller_leg_ended last_word);

  config with_;
  std::shared_ptr<socket_session> session_;
  phase phase_ = phase::before_start;
  model::stream_sid stream_;
  model::twilio::media_frame frame_;
  model::playback playback_;
  model::playout_watch playout_;
  model::whole_frames whole_;
  caf::actor_clock::time_point rest_since_;
  bool rest_is_watched_ = false;                     // a flush_rest is on its way
  model::audio_backlog waiting_{caller_queue_most};  // the socket is slow, or Twilio has enough
  unsigned slow_ticks_ = 0;                          // it owes more than a minute
  std::uint32_t frames_ = 0;
  std::uint64_t frames_at_last_tick_ = 0;
  unsigned frameless_ticks_ = 0;
  std::int64_t playing_ms_ = 0;  // at most so much of the agent's audio is still to be heard
  unsigned silent_ticks_ = 0;    // without an agent
  std::size_t hold_pieces_ = 0;  // of the running hold tone; 0: none
  std::string mark_;             // mark and clear messages are built here: no allocation a mark
  bool played_since_tick_ = false;
  bool measure_next_ = false;
  bool congested_ = false;
  bool playing_out_ = false;
  std::optional<model::twilio::start> started_;
  std::optional<caller_leg_ended> last_word_;
};

}  // namespace tonris::actors
