#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/error.hpp"

namespace tonris::net {

/// An absolute http, https, ws or wss address, taken apart. (`dial` takes others as well: redis, rediss.)
struct url {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case, without brackets for IPv6
  std::uint16_t port;  ///< explicit, or the scheme's own
  std::string target;  ///< path and query as given, "/" when empty; the fragment is dropped
  [[nodiscard]] bool secure() const noexcept { return scheme == "https" || scheme == "wss" || scheme == "rediss"; }
  [[nodiscard]] std::string host_header() const;  ///< host, with brackets and a non-standard port where needed
};

[[nodiscard]] result<url> parse_url(std::string_view text);

}  // namespace tonris::net
