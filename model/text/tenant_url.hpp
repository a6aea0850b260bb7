#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "model/text/allowed_hosts.hpp"

namespace tonris::model {

/// An address that a tenant gave us to call (a tool's, a webhook's), or that such a server redirected us to.
struct tenant_url {
  std::string host;  ///< without brackets, as it is written
  std::uint16_t port = 443;
  bool tls = true;
  std::string target;     ///< path and query, at least "/"
  std::string authority;  ///< for the Host header: with brackets, and with the port where it is not the scheme's
};
enum class url_refusal : std::uint8_t {
  unreadable,   ///< no absolute address with a host, or longer than 2,048 bytes
  scheme,       ///< neither https, nor http to an allowed host
  user_info,    ///< it carries a name or a password
  fragment,     ///< it has a "#"
  port,         ///< below 1024, and neither 443 nor 80, nor allowed with the host
  not_outside,  ///< an address of our own network, or localhost, that is not allowed
};
inline constexpr std::size_t url_refusal_count = static_cast<std::size_t>(url_refusal::not_outside) + 1;
[[nodiscard]] std::string_view to_string(url_refusal why) noexcept;  ///< "user_info", for metrics

/// What can be said before a name is resolved; of what it resolves to, may_dial has the word
/// (model/text/allowed_hosts.hpp). A host that `allowed` names is allowed whatever it is.
[[nodiscard]] tl::expected<tenant_url, url_refusal> check_tenant_url(std::string_view text,
                                                                     const allowed_hosts& allowed);

}  // namespace tonris::model
