#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tools/bench/connection.hpp"
#include "tools/bench/http.hpp"
#include "tools/bench/ids.hpp"
#include "tools/bench/messages.hpp"
#include "tools/bench/problems.hpp"
#include "tools/bench/traffic.hpp"
#include "tools/bench/twilio_request.hpp"
#include "tools/bench/websocket.hpp"

namespace tonris::bench {

/// What all callers of a run share. Outlives them.
struct caller_surroundings {
  poller& events;
  traffic& frames;
  problems& faults;
  sid_book sids;
  gateway_address target;
  tls_context tls;           ///< empty: plain
  bool with_webhook = true;  ///< false: straight to the stream, for a relay
};

/// Twilio's part of one call: the voice webhook, the TwiML, the stream, its frames, the end. One thread.
class caller final : public connection_user {
 public:
  caller(caller_surroundings& around, std::uint32_t call);

  void begin();
  /// Says `stop` and closes the stream; `over` when the other side has closed too.
  void hang_up();

  [[nodiscard]] bool talking() const noexcept { return step_ == step::talking; }
  [[nodiscard]] bool over() const noexcept { return step_ == step::over; }
  /// Sends the frame that was due at `due`. Only while talking.
  void send_frame(nanos due);

  /// When the webhook (relay: the upgrade) was sent, and when the first agent's audio came; 0: not yet.
  [[nodiscard]] nanos asked_at() const noexcept { return asked_at_; }
  [[nodiscard]] nanos first_audio_at() const noexcept { return first_audio_at_; }

 private:
  enum class step : std::uint8_t { idle, webhook, upgrade, talking, leaving, over };

  void on_open() override;
  void on_data(std::span<char> bytes) override;
  void on_closed(std::string_view why) override;

  void dial();
  void on_twiml();
  void on_upgraded();
  void read_frames(std::span<char> bytes);
  [[nodiscard]] bool on_message(opcode op, std::string_view text);
  void on_text(std::string_view text);
  void send(opcode op, std::string_view text);
  void give_up(std::string_view why);

  caller_surroundings& around_;
  std::uint32_t call_;
  step step_ = step::idle;
  std::unique_ptr<connection> link_;
  http_reader http_;
  frame_reader frames_in_;
  twilio_script script_;
  std::string url_, parameters_;
  nanos asked_at_ = 0, first_audio_at_ = 0, stream_began_ = 0;
};

}  // namespace tonris::bench
