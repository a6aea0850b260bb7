#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/websocket_client.hpp"
#include "tools/sim/twilio/caller_faults.hpp"
#include "tools/sim/twilio/caller_report.hpp"
#include "tools/sim/twilio/playback_buffer.hpp"
#include "tools/sim/twilio/strict.hpp"
#include "tools/sim/wire/frames.hpp"
#include "tools/sim/wire/wire.hpp"

namespace tonris::sim {

/// What a stream needs to know of its call.
struct media_leg_options {
  std::string account_sid, call_sid, stream_sid;
  std::string url;        ///< dialled
  std::string signature;  ///< of the handshake
  std::vector<std::pair<std::string, std::string>> parameters;
  std::chrono::milliseconds start_after{20};  ///< between `connected` and `start`: audio in between is too early
  std::chrono::steady_clock::time_point call_began;
  /// Frame number 0 of the call's source and sink; set by the first stream when it starts.
  std::shared_ptr<std::optional<std::chrono::steady_clock::time_point>> epoch;
  std::size_t index = 0;         ///< of the call's streams
  wire* over = nullptr;          ///< what `url` leads over, if anything; outlives the leg
  bool gateway_may_die = false;  ///< a stream that breaks is then no violation
};

/// Told how a stream fares, on the loop's thread, never from within a call to the leg.
class media_leg_listener {
 public:
  virtual ~media_leg_listener() = default;
  virtual void stream_started() = 0;                      ///< `start` has been sent
  virtual void source_ran_dry() = 0;                      ///< once: the frame source has nothing more to say
  virtual void stream_failed(const net::error& why) = 0;  ///< the handshake did not come off; the last call
  virtual void stream_over() = 0;                         ///< the socket has ended; the last call
};

/// Twilio's end of one media stream (docs/protocols/twilio.md#media-streams): sends a frame every 20 ms by a schedule
/// that does not drift, plays what comes in real time, and judges every message. Owner: its caller. Loop thread only.
class media_leg final : private net::websocket_handler {
 public:
  media_leg(net::loop& on, std::shared_ptr<net::tls_client_context> tls, media_leg_options options,
            frame_source& source, frame_sink& sink, stream_report& report, violation_log& violations,
            media_leg_listener& listener);
  ~media_leg() override;
  media_leg(const media_leg&) = delete;
  media_leg& operator=(const media_leg&) = delete;

  void open();
  void press(char digit);  ///< a key; nothing before `start`
  void stop();             ///< the caller has hung up: `stop`, then an orderly close
  void drop(drop_manner how, std::chrono::milliseconds noticed_after);  ///< reset and blackhole need a wire
  void pause(bool on);                   ///< no frames meanwhile; what the source says is lost
  void set_deaf(bool on);                ///< audio is taken and not played, no mark is echoed
  void stop_reading(bool on);            ///< needs a wire
  void send_raw(std::string_view text);  ///< for tests of bad input: sends this text as it is

  [[nodiscard]] std::uint64_t first_number() const noexcept { return first_number_; }
  [[nodiscard]] std::uint64_t next_number() const noexcept { return first_number_ + frames_; }

 private:
  void opened(net::result<std::shared_ptr<net::websocket>> socket);
  void send_start();
  void schedule_frame();
  void frames_due();
  void say_frame(std::uint64_t number);
  void send_frame(std::uint64_t number, std::span<const std::uint8_t> frame);
  void play_frame(std::uint64_t number);
  void echo_marks();
  void take(outbound_media&& media);
  void take(outbound_mark&& mark);
  void take(outbound_clear&&);
  void on_text(std::string_view message) override;
  void on_end(const net::websocket_end& how) override;
  void judge_end(const net::websocket_end& how);
  [[nodiscard]] bool given_up(const net::websocket_end& how) const noexcept;
  [[nodiscard]] double since_call() const;
  [[nodiscard]] std::string next_sequence();

  net::loop& loop_;
  std::shared_ptr<net::tls_client_context> tls_;
  media_leg_options options_;
  frame_source& source_;
  frame_sink& sink_;
  stream_report& report_;
  violation_log& violations_;
  media_leg_listener& listener_;
  std::unique_ptr<net::websocket_connect> connect_;
  std::shared_ptr<net::websocket> socket_;
  net::timer timer_;
  playback_buffer buffer_;
  std::chrono::steady_clock::time_point started_{};
  std::uint64_t first_number_ = 0;  ///< the call's frame number of our first frame
  std::uint64_t frames_ = 0;        ///< of the schedule: sent or withheld
  std::uint64_t chunks_ = 0, sequence_ = 0;
  bool streaming_ = false, stopping_ = false, dry_ = false, paused_ = false, mute_ = false, deaf_ = false,
       unread_ = false;
};

}  // namespace tonris::sim
