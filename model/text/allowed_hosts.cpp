#include "model/text/allowed_hosts.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {

namespace {

/// "host:8080", "[::1]:8080": cuts the port off. 0: none is written. Nothing: it is no port.
std::optional<std::uint16_t> take_port(std::string_view& text) {
  const auto colon = text.rfind(':');
  const bool is_bare_ipv6 = text.find(':') != colon && !text.starts_with('[');
  if (colon == std::string_view::npos || is_bare_ipv6 || text.ends_with(']')) return std::uint16_t{0};
  const auto digits = text.substr(colon + 1);
  text = text.substr(0, colon);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::optional<allowed_hosts::entry> allowed_hosts::read(std::string_view text) {
  entry one;
  const auto port = take_port(text);
  if (!port) return std::nullopt;
  one.port = *port;
  const bool has_brackets = text.starts_with('[') && text.ends_with(']');
  if (has_brackets) text = text.substr(1, text.size() - 2);
  const bool is_suffix = text.starts_with("*.");
  const auto name = is_suffix ? text.substr(2) : text;
  switch (kind_of_host(name)) {
    case host_kind::unusable: return std::nullopt;
    case host_kind::name:
      if (has_brackets) return std::nullopt;
      one.name = to_lower(is_suffix ? text.substr(1) : text);
      return one;
    case host_kind::ipv4:
    case host_kind::ipv6: break;
  }
  if (is_suffix || (has_brackets && name.find(':') == std::string_view::npos)) return std::nullopt;
  const auto ip = read_ip(name);
  if (!ip) return std::nullopt;
  one.ip = plain_ip(*ip);
  return one;
}

tl::expected<allowed_hosts, std::string_view> allowed_hosts::parse(std::string_view text) {
  allowed_hosts all;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (trimmed(part).empty()) continue;
    auto one = read(trimmed(part));
    if (!one) return tl::unexpected(std::string_view{"be hosts, *.suffixes or addresses, each with a port or without"});
    if (all.entries_.size() >= most) return tl::unexpected(std::string_view{"be at most 100 hosts"});
    all.entries_.push_back(*std::move(one));
  }
  return all;
}

bool allowed_hosts::allows(std::string_view host, std::uint16_t port) const {
  if (const auto ip = read_ip(host)) return allows(*ip, port);
  const auto name = to_lower(host);
  return std::any_of(entries_.begin(), entries_.end(), [&](const entry& one) {
    if (one.name.empty() || (one.port != 0 && one.port != port)) return false;
    if (one.name.front() != '.') return one.name == name;
    return name.size() > one.name.size() && name.ends_with(one.name);
  });
}

bool allowed_hosts::allows(const ip_bytes& ip, std::uint16_t port) const {
  const auto wanted = plain_ip(ip);
  return std::any_of(entries_.begin(), entries_.end(), [&](const entry& one) {
    return one.ip && *one.ip == wanted && (one.port == 0 || one.port == port);
  });
}

bool may_dial(std::string_view host, const ip_bytes& resolved, std::uint16_t port, const allowed_hosts& allowed) {
  return is_public_address(resolved) || allowed.allows(resolved, port) || allowed.allows(host, port);
}

}  // namespace tonris::model
