#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "net/byte_stream.hpp"
#include "net/http_parse.hpp"
#include "net/http_server.hpp"

namespace tonris::net {

class http_connection;

/// What the connections of one server share. Loop thread only, but for the counters.
struct http_service {
  /// Written by the loop alone, so counting takes no locked instruction.
  class counter {
   public:
    void add(std::uint64_t n) noexcept { value_.store(get() + n, std::memory_order_relaxed); }
    void take(std::uint64_t n) noexcept { value_.store(get() - n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

   private:
    std::atomic<std::uint64_t> value_{0};
  };

  http_service(loop& loop_of_all, const http_server_limits& all_limits, http_server::handler handler)
      : on{loop_of_all}, limits{all_limits}, handle{std::move(handler)} {}

  void check_times(std::chrono::steady_clock::time_point now);  ///< of every connection
  void cut_connections();

  /// Status line, `Date` and framing fields of a response, in a buffer that the next call reuses.
  std::string_view head(const http_response& response, bool keep_alive, bool to_http_1_0);

  loop& on;
  const http_server_limits limits;
  http_server::handler handle;
  std::unordered_set<std::shared_ptr<http_connection>> connections;
  std::size_t shaking_hands = 0;  ///< let in, but not handed over yet
  counter accepted, refused_connections, open, requests, bad_requests, timeouts, oversize, tls_failures, failed_accepts;

 private:
  std::string_view date(std::time_t now);

  std::vector<std::shared_ptr<http_connection>> due_;  ///< kept for its capacity
  std::string head_;
  std::string date_;
  std::time_t date_of_ = -1;
};

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
