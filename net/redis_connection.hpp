#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/byte_stream.hpp"
#include "net/dial.hpp"
#include "net/redis_codec.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace tonris::net {

/// What a connection tells its owner, on the loop, never from within a call of his. He may drop it from within.
struct redis_connection_events {
  std::function<void()> connected;  ///< once: commands may be written now
  std::function<void(redis_reply&&)> reply;
  std::function<void(const error&)> ended;  ///< once, the last: it could not be made, or is no more
};

/// Bytes to and from one Redis, and the replies in them; what they mean is its owner's. Owner: who made it, and pending
/// I/O shares it: `drop` ends it. Loop thread only.
class redis_connection final : public byte_reader, public std::enable_shared_from_this<redis_connection> {
 public:
  /// `to` is redis://host:port or rediss://host:port. `limit` is for name and TCP, and once more for TLS.
  static std::shared_ptr<redis_connection> open(loop& on, std::shared_ptr<tls_client_context> tls, const url& to,
                                                std::chrono::milliseconds limit, redis_connection_events events);

  void write(std::string_view commands);  ///< once connected; lost, if the connection has ended: `ended` tells
  void drop();                            ///< now; nobody is told any more; idempotent

  void on_bytes(std::span<char> bytes) override;
  void on_end(const error& why) override;

 private:
  explicit redis_connection(redis_connection_events events) : events_{std::move(events)} {}
  void on_dialled(result<std::shared_ptr<byte_stream>> stream);
  void end(const error& why);

  redis_connection_events events_;
  std::unique_ptr<dial_attempt> dial_;   ///< while connecting
  std::shared_ptr<byte_stream> stream_;  ///< while connected
  redis_decoder decoder_;
};

}  // namespace tonris::net
