#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "net/http_responder.hpp"
#include "net/loop.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

class http_front;
struct request_context;

/// The far end of a WebSocket on which `tonrisctl doctor` tries the way of media streams: what it says comes back, word
/// for word, so that whatever stands between shows what it breaks. One at a time, for `longest` at most, and no more
/// than `most_messages` of `most_message_bytes`: it belongs to no call. Loop thread only.
class stream_echo final : private net::websocket_handler {
 public:
  static constexpr std::size_t most_messages = 64, most_message_bytes = std::size_t{256} * 1024;
  static constexpr std::chrono::seconds longest{100};

  stream_echo() = default;
  ~stream_echo() override;
  stream_echo(const stream_echo&) = delete;
  stream_echo& operator=(const stream_echo&) = delete;

  [[nodiscard]] bool is_free() const noexcept { return !taken_; }
  void take(net::http_responder responder);  ///< of a request that `is_upgrade`, while it is free

 private:
  void opened(std::shared_ptr<net::websocket> socket);
  void on_text(std::string_view message) override;
  void on_end(const net::websocket_end& how) override;

  bool taken_ = false;
  std::size_t messages_ = 0;
  std::shared_ptr<net::websocket> socket_;
  std::optional<net::timer> life_;
  const std::shared_ptr<stream_echo*> self_ = std::make_shared<stream_echo*>(this);  ///< for a handshake that is slow
};

/// Opens it for who has proved to be the doctor.
void echo_stream(http_front& at, request_context& asked);

}  // namespace tonris::actors
