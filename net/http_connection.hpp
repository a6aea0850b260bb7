#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/byte_stream.hpp"
#include "net/http_parse.hpp"
#include "net/http_server.hpp"
#include "net/http_service.hpp"

namespace tonris::net {

/// One HTTP connection of a server. Owner: the service's set, until the stream ends or becomes a WebSocket; responders
/// share it beyond that. Loop thread only. One request is with the handler at a time; what arrives meanwhile waits here
/// (bounded: reading pauses).
class http_connection final : public byte_reader, public std::enable_shared_from_this<http_connection> {
 public:
  http_connection(std::shared_ptr<http_service> service, std::shared_ptr<byte_stream> stream);

  [[nodiscard]] bool due(std::chrono::steady_clock::time_point now) const noexcept { return now >= deadline_; }
  void begin();                                                ///< the service knows it: read
  void check_time(std::chrono::steady_clock::time_point now);  ///< called every now and then
  void cut();                                                  ///< now, without a word

  void answer(const http_response& response);
  void become_websocket(const websocket_limits& limits,
                        const std::function<void(std::shared_ptr<websocket>)>& accepted);
  [[nodiscard]] loop& on_loop() const noexcept { return service_->on; }

  void on_bytes(std::span<char> bytes) override;
  void on_writable() override;
  void on_end(const error& why) override;

 private:
  enum class phase : std::uint8_t { idle, reading, answering, writing, closing, gone };
  using time = std::chrono::steady_clock::time_point;

  void take(std::string_view bytes);
  void take_rest();
  void after_put();
  void dispatch();
  void refuse(unsigned status);
  void send(const http_response& response, bool keep_alive);
  void begin_next();
  void hold(std::string_view bytes);
  void close_in_order();
  void leave();
  void enter(phase next, time deadline) noexcept;
  [[nodiscard]] bool takes_requests() const noexcept { return phase_ == phase::idle || phase_ == phase::reading; }

  std::shared_ptr<http_service> service_;
  std::shared_ptr<byte_stream> stream_;
  http_request_parser parser_;
  std::string rest_;         ///< read, but behind the request under way
  std::size_t rest_at_ = 0;  ///< what of it is parsed
  std::string upgrade_key_;  ///< of the request under way, when it is an upgrade
  std::string peer_;
  time deadline_;
  std::size_t unsent_ = 0;  ///< of the response under way when `deadline_` was set
  phase phase_ = phase::idle;
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool to_head_ = false;
  bool taking_ = false;  ///< within take_rest: it goes on by itself
  bool paused_ = false;
};

/// Where a responder's answer goes. Shared by nobody but the responder and the answer on its way.
class http_responder::target {
 public:
  explicit target(std::shared_ptr<http_connection> to) : connection{std::move(to)} {}

  const std::shared_ptr<http_connection> connection;
  std::atomic<bool> answered{false};
  std::optional<http_response> last_words;  ///< the responder's owner's
};

}  // namespace tonris::net
