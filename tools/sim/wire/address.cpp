#include "tools/sim/wire/address.hpp"

namespace tonris::sim {
namespace {

std::string_view without_userinfo(std::string_view authority) {
  const auto at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

}  // namespace

address_parts split_address(std::string_view text) noexcept {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return {};
  address_parts parts;
  parts.scheme = text.substr(0, colon);
  auto rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto slash = rest.find_first_of("/?");
  parts.authority = rest.substr(0, slash);
  parts.target = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash);
  parts.host = without_userinfo(parts.authority);
  if (parts.host.starts_with('['))
    parts.host = parts.host.substr(1, parts.host.find(']') - 1);
  else
    parts.host = parts.host.substr(0, parts.host.find(':'));
  return parts;
}

std::string origin_of(std::string_view url) {
  const auto parts = split_address(url);
  return std::string{parts.scheme} + "://" + std::string{parts.authority};
}

bool is_loopback(std::string_view host) noexcept {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string resolve(std::string_view base, std::string_view reference) {
  if (reference.empty()) return std::string{base};
  if (!split_address(reference).scheme.empty()) return std::string{reference};
  if (reference.front() == '/') return origin_of(base) + std::string{reference};
  const auto parts = split_address(base);
  const auto path = parts.target.substr(0, parts.target.find('?'));
  const auto directory = path.substr(0, path.rfind('/') + 1);
  return origin_of(base) + (directory.empty() ? "/" : std::string{directory}) + std::string{reference};
}

std::string as_signed(std::string_view url) {
  const auto parts = split_address(url);
  auto authority = without_userinfo(parts.authority);
  const auto colon = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (parts.scheme == "https" && has_port) authority = authority.substr(0, colon);
  return std::string{parts.scheme} + "://" + std::string{authority} + std::string{parts.target};
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
  return out;
}

}  // namespace tonris::sim
