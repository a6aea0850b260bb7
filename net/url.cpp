#include "net/url.hpp"

#include <algorithm>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"

namespace tonris::net {
namespace {

constexpr std::size_t max_url_bytes = 16 * 1024;

tl::unexpected<error> bad(const char* why) {
  return tl::make_unexpected(error{errc::bad_url, why});
}

std::uint16_t standard_port(std::string_view scheme) noexcept {
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "https" || scheme == "wss") return 443;
  return 0;
}

}  // namespace

std::string url::host_header() const {
  std::string out;
  const bool ipv6 = host.find(':') != std::string::npos;
  if (ipv6) out += '[';
  out += host;
  if (ipv6) out += ']';
  if (port != standard_port(scheme)) out.append(":").append(std::to_string(port));
  return out;
}

result<url> parse_url(std::string_view text) {
  if (text.size() > max_url_bytes) return bad("longer than 16 KiB");
  // What gets through here is put into a request line as it is: nothing may end that line or split it.
  if (!std::ranges::all_of(text, [](char c) { return model::is_visible(c) && c != '\\'; }))
    return bad("a blank, a control, a backslash or a byte beyond ASCII");
  const auto read = model::read_address(text);
  if (!read) return bad("no scheme, or no host and port behind it");
  url out{model::to_lower(read->scheme), model::to_lower(read->host), read->port, std::string{read->target}};
  const auto standard = standard_port(out.scheme);
  if (standard == 0) return bad("scheme other than http, https, ws, wss");
  if (read->has_userinfo) return bad("user information");
  if (read->kind == model::host_kind::unusable) return bad("no usable host");
  if (!read->port_text.empty() && read->port == 0) return bad("no usable port");
  if (out.port == 0) out.port = standard;
  if (!out.target.starts_with('/')) out.target.insert(0, 1, '/');
  return out;
}

}  // namespace tonris::net
