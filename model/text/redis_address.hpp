#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {

struct host_port {
  std::string host;  ///< without the brackets of an IPv6 address
  std::uint16_t port = 0;

  friend bool operator==(const host_port&, const host_port&) = default;
};

/// Where a Redis is and how to log in there, taken apart:
/// redis[s]://[user:password@]host[:port][/database], or
/// redis+sentinel://[user:password@]host[:port][,host[:port]…]/name[/database], the hosts being Sentinels that know
/// the server by that name. User and password are percent-decoded, once; either may be empty.
struct redis_address {
  bool secure = false;           ///< rediss: TLS
  std::vector<host_port> hosts;  ///< the server alone, or Sentinels in the order in which they are asked
  std::string master;            ///< the server's name at the Sentinels; "": hosts is the server
  std::string user, password;
  std::uint32_t database = 0;

  [[nodiscard]] bool has_credentials() const noexcept { return !user.empty() || !password.empty(); }
  [[nodiscard]] std::string masked() const;  ///< the address again, for logs: "***" for the password
};

/// Nothing when it is none of both. A blank, a query and a fragment are refused, so is a user without a colon (many a
/// client takes that for the password).
[[nodiscard]] std::optional<redis_address> read_redis_address(std::string_view text);

}  // namespace tonris::model
