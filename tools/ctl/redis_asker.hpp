#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/dotenv.hpp"
#include "net/redis_link.hpp"
#include "tools/ctl/setting.hpp"

namespace tonris::ctl {

/// The Redis that REDIS_URL, REDIS_CA_FILE, REDIS_CERT_FILE and REDIS_KEY_FILE speak of, as for a gateway. An error is
/// one line, without REDIS_URL.
[[nodiscard]] tl::expected<net::redis_options, std::string> redis_options_of(const lookup& environment,
                                                                             const config::dotenv& env);

/// A connection to it, with a loop of its own, for a program's main thread. Blocks.
class redis_asker {
 public:
  /// Greeted, and found to be a server that a gateway would use; it is given our scripts. The error is one line that
  /// says why it is none: what a gateway's log would.
  [[nodiscard]] static tl::expected<std::unique_ptr<redis_asker>, std::string> open(const net::redis_options& options,
                                                                                    std::chrono::milliseconds patience);
  ~redis_asker();
  redis_asker(const redis_asker&) = delete;
  redis_asker& operator=(const redis_asker&) = delete;

  /// An error: it was refused, or not answered.
  [[nodiscard]] tl::expected<net::redis_reply, std::string> ask(const std::vector<std::string_view>& words,
                                                                std::chrono::milliseconds within);

 private:
  redis_asker() = default;

  net::loop io_{"redis"};
  std::unique_ptr<net::redis_link> link_;  ///< loop thread only
};

}  // namespace tonris::ctl
