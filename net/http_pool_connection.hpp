#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>

#include "net/byte_stream.hpp"
#include "net/http_client.hpp"
#include "net/http_parse.hpp"
#include "net/loop.hpp"

namespace tonris::net {

class http_origin;
struct http_exchange;
using exchange_ptr = std::shared_ptr<http_exchange>;

/// A client's connection, busy with one exchange or idle. Owner: that exchange, or the origin's idle list. Loop thread
/// only.
class pooled_connection final : public byte_reader, public std::enable_shared_from_this<pooled_connection> {
 public:
  pooled_connection(std::weak_ptr<http_origin> of, std::shared_ptr<byte_stream> stream,
                    const http_client_limits& limits);

  /// Sends the exchange's request. False: the connection had ended and nothing was sent; it is of no use any more.
  bool carry(const exchange_ptr& what);
  void rest();  ///< idle from now on, for its time
  void drop();  ///< cuts the connection; nobody is told

  void on_bytes(std::span<char> bytes) override;
  void on_end(const error& why) override;

 private:
  void tell_piece();
  void settle(result<http_response> how, bool reusable);
  void settle_failed(errc why);
  void end_idle();
  [[nodiscard]] error failure(errc code) const;

  // given
  std::weak_ptr<http_origin> origin_;
  std::shared_ptr<byte_stream> stream_;  ///< null: ended
  http_parse_limits parse_limits_;
  std::chrono::milliseconds keep_alive_;
  bool cut_long_answers_;
  bool reusable_;
  // state
  std::optional<http_response_parser> answer_;  ///< while busy
  std::weak_ptr<http_exchange> exchange_;
  timer idle_limit_;
  bool reading_ = false;
  bool reused_ = false;
};

}  // namespace tonris::net
