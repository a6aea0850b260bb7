#include "net/url.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace tonris::net {
namespace {

constexpr std::size_t max_url_bytes = 16 * 1024;
constexpr std::size_t max_host_bytes = 253;

tl::unexpected<error> bad(const char* what) {
  return tl::make_unexpected(error{errc::bad_url, what});
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::uint16_t standard_port(std::string_view scheme) noexcept {
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "https" || scheme == "wss") return 443;
  return 0;
}

bool is_name(std::string_view host) noexcept {
  return !host.empty() && host.size() <= max_host_bytes && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

bool is_ipv6(const std::string& host) noexcept {
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) noexcept {
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (ec != std::errc{} || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

/// Splits "host", "host:port", "[v6]" or "[v6]:port" into `into`; the port stays as it is when none is given.
result<void> parse_authority(std::string_view authority, url& into) {
  std::string_view rest;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return bad("no ] after the address");
    into.host = lower(authority.substr(1, close - 1));
    if (!is_ipv6(into.host)) return bad("not an IPv6 address");
    rest = authority.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return bad("something between ] and the port");
  } else {
    const auto colon = authority.find(':');
    into.host = lower(authority.substr(0, colon));
    if (!is_name(into.host)) return bad("no usable host");
    if (colon != std::string_view::npos) rest = authority.substr(colon);
  }
  if (rest.empty() || rest == ":") return {};
  const auto port = parse_port(rest.substr(1));
  if (!port) return bad("no usable port");
  into.port = *port;
  return {};
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
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; }))
    return bad("a blank, a control, a backslash or a byte beyond ASCII");
  const auto separator = text.find("://");
  if (separator == std::string_view::npos) return bad("no scheme");
  url out{lower(text.substr(0, separator)), {}, 0, {}};
  out.port = standard_port(out.scheme);
  if (out.port == 0) return bad("scheme other than http, https, ws, wss");

  text.remove_prefix(separator + 3);
  text = text.substr(0, text.find('#'));
  const auto authority = text.substr(0, text.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) return bad("user information");
  if (auto done = parse_authority(authority, out); !done) return tl::make_unexpected(done.error());
  text.remove_prefix(authority.size());
  if (!text.starts_with('/')) out.target.push_back('/');
  out.target.append(text);
  return out;
}

}  // namespace tonris::net
