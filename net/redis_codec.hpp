#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/redis_reply.hpp"

struct redisReader;

namespace tonris::net {

struct redis_reply_budget;

/// Writes a command as it goes over the wire. Arguments are any bytes; there is one at least.
void append_redis_command(std::span<const std::string_view> arguments, std::string& out);

/// Of a written EVALSHA: the same as EVAL, with the script's text in place of its hash (of 40 digits).
[[nodiscard]] std::string eval_of(std::string_view evalsha, std::string_view script);

/// What one answer may be at most. Redis itself sets no limit, and what a peer only announces must cost nothing.
struct redis_reply_limits {
  std::size_t items = 100'000;          ///< over all its arrays
  std::size_t depth = 5;                ///< of arrays within arrays: what XREAD answers
  std::size_t bytes = 8 * 1024 * 1024;  ///< of all its texts, and of one that is not whole yet
};

/// Takes bytes as they come and gives the replies in them. After a failure nothing comes any more: the connection is of
/// no use. One thread at a time.
class redis_decoder {
 public:
  explicit redis_decoder(const redis_reply_limits& limits = {});
  ~redis_decoder();
  redis_decoder(const redis_decoder&) = delete;
  redis_decoder& operator=(const redis_decoder&) = delete;

  /// Calls `each(redis_reply&&)` for every reply that is whole, until it answers false: then, and only then, the
  /// decoder is not touched any more, so that `each` may destroy it. False also after a failure.
  template <class Each>
  bool put(std::string_view bytes, Each each) {
    // hiredis moves what is left after each KiB: a large piece would cost the square of its size.
    constexpr std::size_t piece = 16 * 1024;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      if (!feed(bytes.substr(0, piece))) return false;
      while (auto reply = next())
        if (!each(std::move(*reply))) return false;
      if (failed()) return false;
    }
    return true;
  }

  [[nodiscard]] bool failed() const noexcept { return !failure_.empty(); }
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }  ///< for a log line; "" while good

 private:
  struct free_reader {
    void operator()(redisReader* reader) const noexcept;
  };

  bool feed(std::string_view bytes);
  std::optional<redis_reply> next();
  bool fail(std::string why);

  std::unique_ptr<redis_reply_budget> budget_;
  std::unique_ptr<redisReader, free_reader> reader_;
  std::string failure_;
};

}  // namespace tonris::net
