#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "net/dial.hpp"
#include "net/http_client.hpp"
#include "net/http_pool_connection.hpp"
#include "net/loop.hpp"
#include "net/url.hpp"

namespace tonris::net {

using http_done = std::function<void(result<http_response>)>;
using http_piece = std::function<void(std::string_view)>;

class http_pool;
class http_origin;

/// One request on its way: waiting for its turn, connecting, or with a connection. Owner: the pool. Loop thread only.
struct http_exchange {
  http_exchange(loop& on, std::chrono::milliseconds within, http_piece tell_piece, http_done tell)
      : timeout{within}, limit{on}, piece{std::move(tell_piece)}, done{std::move(tell)} {}

  std::string bytes;  ///< the request as it is sent
  bool to_head = false;
  bool retried = false;
  std::chrono::milliseconds timeout;
  std::chrono::steady_clock::time_point latest;
  timer limit;
  http_piece piece;  ///< null: the answer's body is taken whole
  http_done done;
  std::shared_ptr<http_origin> origin;
  std::unique_ptr<dial_attempt> dial;             ///< while connecting
  std::shared_ptr<pooled_connection> connection;  ///< while talking
};

/// All that goes to one scheme, host and port. Owner: the pool; shared by the exchanges under way. Loop thread only.
class http_origin final : public std::enable_shared_from_this<http_origin> {
 public:
  http_origin(http_pool& pool, url address) : pool_{&pool}, address_{std::move(address)} {}

  /// Finds an idle connection, a fresh one, or a place in the queue. False: the queue is full.
  bool serve(const exchange_ptr& what);
  void leave(const exchange_ptr& what);  ///< the exchange is over: its dial, connection or place goes
  void shut();                           ///< cuts all; nobody is told
  [[nodiscard]] std::string host() const { return address_.host_header(); }
  [[nodiscard]] bool unused() const noexcept { return used_ == 0 && waiting_.empty(); }

  // What connections tell.
  void on_idle_end(const std::shared_ptr<pooled_connection>& connection);
  void on_settled(const std::shared_ptr<pooled_connection>& connection, bool reusable, const exchange_ptr& what,
                  result<http_response> how);
  void on_stale(const exchange_ptr& what);
  void on_piece(const exchange_ptr& what, std::string_view bytes);

 private:
  bool give_connection(const exchange_ptr& what);
  void connect(const exchange_ptr& what);
  void on_dialled(const exchange_ptr& what, result<std::shared_ptr<byte_stream>> stream);
  void next();

  http_pool* pool_;  ///< null once shut
  url address_;
  std::vector<std::shared_ptr<pooled_connection>> idle_;  ///< the last used last: the others may grow old
  std::size_t used_ = 0;                                  ///< connections, idle ones too, and dials
  std::deque<exchange_ptr> waiting_;
};

/// What is behind http_client. Owner: the client; a callback may destroy the client, so it is shared while it calls.
class http_pool final : public std::enable_shared_from_this<http_pool> {
 public:
  http_pool(loop& on, std::shared_ptr<tls_client_context> tls, const http_client_limits& limits)
      : on_{on}, tls_{std::move(tls)}, limits_{limits} {}

  void request(const std::string& address, const http_request& request, std::chrono::milliseconds timeout,
               http_piece piece, http_done done);                    ///< `piece` null: the body is taken whole
  void begin_time(const exchange_ptr& what);                         ///< until it is late
  void finish(const exchange_ptr& what, result<http_response> how);  ///< the one way an exchange ends
  void shut();                                                       ///< everything under way ends as aborted

  bool reserve_wait() noexcept;
  void release_wait() noexcept { --waiting_; }
  [[nodiscard]] loop& on_loop() const noexcept { return on_; }
  [[nodiscard]] const std::shared_ptr<tls_client_context>& tls() const noexcept { return tls_; }
  [[nodiscard]] const http_client_limits& limits() const noexcept { return limits_; }

 private:
  void finish_soon(const exchange_ptr& what, error why);
  void on_late(const exchange_ptr& what);
  std::shared_ptr<http_origin> origin_of(const url& address);

  // given
  loop& on_;
  std::shared_ptr<tls_client_context> tls_;
  http_client_limits limits_;
  // state
  std::map<std::string, std::shared_ptr<http_origin>> origins_;
  std::unordered_set<exchange_ptr> under_way_;
  std::size_t waiting_ = 0;  ///< over all origins
  bool shut_ = false;
};

}  // namespace tonris::net
