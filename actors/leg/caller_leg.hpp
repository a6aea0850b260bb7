#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/leg/caller_playback.hpp"
#include "actors/leg/leg.hpp"
#include "actors/leg/watched_levels.hpp"
#include "model/audio/dead_air.hpp"
#include "model/audio/speech_edges.hpp"
#include "model/tenant/tenant.hpp"
#include "model/twilio/stream.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

inline constexpr std::chrono::seconds frame_silence_limit{10};  ///< no frame at all: the stream is dead
inline constexpr std::chrono::milliseconds rest_limit{40};      ///< for what is left over of a chunk to become a frame

/// The limits of a media stream's socket: Twilio's frames are small; an RFC 6455 ping each 10 s and 30 s without a sign
/// of life end a half-open connection (docs/protocols/twilio.md#media-streams).
[[nodiscard]] net::websocket_limits twilio_socket_limits() noexcept;

/// The caller leg: speaks Twilio's stream protocol on one socket, hands the caller's frames to the agent leg and what
/// the agent says to the caller_playback. Loop-bound. Tells its call what happened, its last word being
/// caller_leg_ended; ends when its call ends. An exception here ends this leg only.
class caller_leg final : public leg, private caller_playback::listener {
 public:
  struct config : leg_config {
    std::shared_ptr<net::websocket> socket;
    model::call_sid call_sid;  ///< `start` must name these
    model::account_sid account_sid;
    std::optional<model::tenant::dead_air_type> dead_air;  ///< what he hears while the agent thinks
  };

  caller_leg(caf::actor_config& actor, config given);
  [[nodiscard]] const char* name() const override { return "tonris.twilio_socket"; }
  caf::behavior make_behavior() override;
  void on_exit() override;
  void read(std::string_view text) override;
  void hear(std::string_view payload) override;
  void tick() override;
  void drained() override;

 private:
  enum class phase : std::uint8_t { before_start, streaming, closing };

  // from Twilio
  struct frame_marks {  ///< what a frame says of its place; 0: it does not
    std::uint64_t sequence = 0, chunk = 0, timestamp = 0;
  };
  void on_caller_frame(std::string_view payload, const frame_marks& marks);
  void pass_on(std::string_view payload);
  void pass_on_silence(std::size_t bytes);
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
  [[nodiscard]] bool frames_come();
  void publish_quality();
  void tick_levels();

  // to the caller
  void hold(std::chrono::seconds most);
  void tick_hold();
  void tick_turns();
  void tick_dead_air(model::speech_edges::edge caller);
  void answer_begins();
  void count_turn(const std::optional<std::chrono::milliseconds>& waited);
  void heed(model::dead_air_watch::action what);
  void check_rest();
  void begin_play_out();
  [[nodiscard]] media_counters::heard_clock::time_point now() const override { return clock().now(); }
  void hold_tone_has_changed(bool on) override { tell_once(hold_tone_changed{on}); }
  void has_played_out() override { tell(played_out{}); }
  void cannot_play(model::end_reason reason, std::string_view detail, std::uint16_t close_code) override {
    fail(reason, detail, close_code);
  }

  // the end
  void fail(model::end_reason reason, std::string_view detail, std::uint16_t close_code);
  void close(std::uint16_t code) override;
  void socket_has_ended(const net::websocket_end& how) override;

  // given
  std::shared_ptr<net::websocket> unopened_;  // until it begins
  const model::call_sid call_sid_;
  const model::account_sid account_sid_;

  // the stream
  phase phase_ = phase::before_start;
  model::stream_sid stream_;
  std::uint32_t frames_ = 0;
  std::uint64_t frames_at_last_tick_ = 0;
  unsigned frameless_ticks_ = 0;
  bool measure_next_ = false;
  std::unique_ptr<watched_levels> levels_;  // while somebody watches
  std::string silence_;                     // in place of a caller on hold, made once

  // the sound while the agent thinks; nothing: the tenant has none
  struct dead_air {
    model::dead_air_sound sound;
    model::dead_air_watch watch;
  };
  std::optional<dead_air> dead_air_;
  model::speech_edges caller_speech_;

  // what the caller is played
  std::optional<caller_playback> playback_;  // from the start on
  caf::actor_clock::time_point rest_since_;
  bool rest_is_watched_ = false;  // a flush_rest is on its way
};

}  // namespace tonris::actors
