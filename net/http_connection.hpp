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
/// share it beyond that. Loop thread only. A whole request waits for its turn, one is with the handler at a time, and
/// what arrives meanwhile waits here (bounded: reading pauses).
class http_connection final : public byte_reader,
                              public turn_taker,
                              private idle_guest,
                              public std::enable_shared_from_this<http_connection> {
 public:
  http_connection(std::shared_ptr<http_service> service, std::shared_ptr<byte_stream> stream,
                  std::shared_ptr<http_place> place);
  ~http_connection() override { stop_waiting(); }  // before the service may go

  [[nodiscard]] bool due(std::chrono::steady_clock::time_point now) const noexcept {
    return now >= deadline_ || abandoned_.load(std::memory_order_relaxed);
  }
  void begin();                                                ///< the service knows it: read
  void check_time(std::chrono::steady_clock::time_point now);  ///< called every now and then
  void take_turn() override;                                   ///< hands a whole request to the handler
  void close_if_idle();
  void cut();                                     ///< now, without a word
  void fail() override;                           ///< an exception was caught: it ends, and nothing else
  void abandon() noexcept { abandoned_ = true; }  ///< any thread: its answer is lost, it ends soon

  void answer(const http_response& response) noexcept;
  void become_websocket(const websocket_limits& limits,
                        const std::function<void(std::shared_ptr<websocket>)>& accepted) noexcept;
  [[nodiscard]] loop& on_loop() const noexcept { return service_->on; }

  void on_bytes(std::span<char> bytes) override;
  void on_writable() override;
  void on_end(const error& why) override;

 private:
  enum class phase : std::uint8_t { idle, reading, waiting, answering, writing, closing, gone };
  using time = std::chrono::steady_clock::time_point;

  void give_up() override { cut(); }
  void take_rest();
  void after_put();
  void wait_for_turn();
  void refuse(unsigned status);
  void send(const http_response& response, bool keep_alive);
  void upgrade(const websocket_limits& limits, const std::function<void(std::shared_ptr<websocket>)>& accepted);
  void begin_next();
  void hold(std::string_view bytes);
  void pace_reading();
  void close_in_order();
  void leave();
  void enter(phase next, time deadline);
  [[nodiscard]] bool takes_requests() const noexcept { return phase_ == phase::idle || phase_ == phase::reading; }

  std::shared_ptr<http_service> service_;
  std::shared_ptr<byte_stream> stream_;
  std::shared_ptr<http_place> place_;
  http_request_parser parser_;
  std::string rest_;         ///< read, but behind the request under way
  std::size_t rest_at_ = 0;  ///< what of it is parsed
  std::string upgrade_key_;  ///< of the request under way, when it is an upgrade
  std::string peer_;
  time deadline_;
  std::size_t unsent_ = 0;  ///< of the response under way when `deadline_` was set
  std::atomic<bool> abandoned_{false};
  phase phase_ = phase::idle;
  bool has_asked_ = false;  ///< a request was here already
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool to_head_ = false;
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
