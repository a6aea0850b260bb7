#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "net/byte_stream.hpp"
#include "net/http_server.hpp"
#include "net/idle_guests.hpp"
#include "net/turns.hpp"

namespace tonris::net {

class http_connection;
struct http_service;

/// How a response's body is told from what follows it.
enum class http_framing : std::uint8_t { length, chunks, until_close };

/// What a connection takes up at a server from its accept to its end, and its descriptor until a stream has it. Counted
/// on whichever loop deals it, given back on its own.
class http_place {
 public:
  http_place(std::shared_ptr<http_service> at, int descriptor) noexcept;
  http_place(http_place&& other) noexcept;
  http_place& operator=(http_place&&) = delete;
  ~http_place();

  void became_websocket() noexcept;
  [[nodiscard]] int release_descriptor() noexcept { return std::exchange(descriptor_, -1); }
  [[nodiscard]] const std::shared_ptr<http_service>& at() const noexcept { return at_; }

 private:
  std::shared_ptr<http_service> at_;
  int descriptor_;
  std::size_t budgeted_ = 0;  ///< descriptors
};

/// What the connections of one server share. Loop thread only, but for the counters.
struct http_service : std::enable_shared_from_this<http_service> {
  /// Written by the loop alone, so counting takes no locked instruction.
  class counter {
   public:
    void add(std::uint64_t n) noexcept { value_.store(get() + n, std::memory_order_relaxed); }
    void take(std::uint64_t n) noexcept { value_.store(get() - n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

   private:
    std::atomic<std::uint64_t> value_{0};
  };

  http_service(loop& loop_of_all, const http_server_limits& all_limits, std::shared_ptr<tls_server_context> for_all,
               http_server::handler handler)
      : on{loop_of_all}, limits{all_limits}, tls{std::move(for_all)}, handle{std::move(handler)} {}

  void admit(http_place place);  ///< an accepted connection: TLS where there is any, then HTTP
  void close();                  ///< cuts every connection; what is still dealt to it is closed
  void check_times(std::chrono::steady_clock::time_point now);  ///< of every connection
  void cut_connections();
  void take_no_more_requests();

  /// Status line, `Date` and framing fields of a response, in a buffer that the next call reuses.
  std::string_view head(const http_response& response, http_framing framing, bool keep_alive, bool to_http_1_0);

  [[nodiscard]] bool is_full() const noexcept { return !has_room_for(1); }
  /// Gives up idle guests until there is room for who is in. False: all are being served.
  bool make_room();
  void make_room_soon();  ///< any thread: there is no descriptor left, whatever was reckoned
  [[nodiscard]] std::size_t places_taken() const noexcept { return places_.load(std::memory_order_relaxed); }

  loop& on;
  const http_server_limits limits;
  const std::shared_ptr<tls_server_context> tls;
  http_server::handler handle;
  std::unordered_set<std::shared_ptr<http_connection>> connections;
  idle_guests guests;
  const std::shared_ptr<turns> request_turns = std::make_shared<turns>(on);
  const std::shared_ptr<turns> answer_turns = std::make_shared<turns>(on);  ///< pieces of answers that stream out
  bool closing = false;                                                     ///< each answer is a connection's last
  counter accepted, refused_connections, given_up, open, requests, bad_requests, timeouts, oversize, tls_failures,
      failed_accepts;

 private:
  friend http_place;

  [[nodiscard]] bool has_room_for(std::size_t more) const noexcept;
  bool give_up_one();
  void begin(std::shared_ptr<http_place> place, std::shared_ptr<byte_stream> stream);
  std::string_view date(std::time_t now);

  const std::shared_ptr<turns> handshake_turns_ = std::make_shared<turns>(on);
  const std::shared_ptr<turns> overdue_turns_ = std::make_shared<turns>(on);
  std::string head_;
  std::string date_;
  std::time_t date_of_ = -1;
  std::atomic<std::size_t> places_{0};
  bool closed_ = false;
};

}  // namespace tonris::net
