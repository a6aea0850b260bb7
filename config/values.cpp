#include "config/values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace tonris::config::values {

namespace {

constexpr std::uint32_t max_port = 65535;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// inet_pton alone knows every way to write an IPv6 address.
bool is_ip(int family, std::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  return text.find('\0') == std::string_view::npos && inet_pton(family, std::string{text}.c_str(), address) == 1;
}

struct authority {
  std::string_view host;  // without brackets
  bool ok = false;
};

// host, host:port, [ipv6], [ipv6]:port
authority parse_authority(std::string_view text) {
  authority result;
  std::string_view port;
  if (take(text, "[")) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_ip(AF_INET6, text.substr(0, end))) return result;
    result.host = text.substr(0, end);
    port = text.substr(end + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    result.host = text.substr(0, colon);
    port = text.substr(colon);
    if (!is_host_name(result.host)) return result;
  }
  result.ok = port.empty() || (take(port, ":") && whole(port, 1, max_port));
  return result;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || (host.substr(0, 4) == "127." && is_ip(AF_INET, host));
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto item = trimmed(text.substr(0, comma));
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::optional<std::uint32_t> whole(std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < least || number > most) return std::nullopt;
  return number;
}

origin parse_origin(std::string_view text) {
  const auto written = lower(text);
  std::string_view rest{written};
  const bool is_secure = take(rest, "https://");
  if (!is_secure && !take(rest, "http://")) return {"", "must begin with https://"};
  if (rest.find('@') != std::string_view::npos) return {"", "must not contain a user name or password"};
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  if (end != rest.size() && rest.substr(end) != "/") {
    return {"", "must be an origin only, such as https://gw.example.com: no path, query or fragment"};
  }
  const auto [host, ok] = parse_authority(rest.substr(0, end));
  if (!ok) return {"", "must name a host, and a port from 1 to 65535 if any, such as https://gw.example.com:8443"};
  if (!is_secure && !is_loopback(host)) return {"", "must begin with https:// (http:// is for loopback hosts only)"};
  return {(is_secure ? "https://" : "http://") + std::string{rest.substr(0, end)}, ""};
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t max_name = 253;
  constexpr std::size_t max_label = 63;
  if (text.empty() || text.size() > max_name) return false;
  while (true) {
    const auto dot = std::min(text.find('.'), text.size());
    const auto label = text.substr(0, dot);
    if (label.empty() || label.size() > max_label || label.front() == '-' || label.back() == '-') return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-'; })) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_ip_address(std::string_view text) {
  return is_ip(AF_INET, text) || is_ip(AF_INET6, text);
}

bool is_sid(std::string_view text, std::string_view prefix) {
  constexpr std::size_t digits = 32;
  return take(text, prefix) && text.size() == digits && std::all_of(text.begin(), text.end(), is_hex);
}

bool is_redis_url(std::string_view text) {
  constexpr std::uint32_t max_database = 1'000'000;
  if (!take(text, "redis://") && !take(text, "rediss://")) return false;
  if (!is_plain_word(text) || text.find_first_of("?#") != std::string_view::npos) return false;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    if (text.substr(0, at).find(':') == std::string_view::npos) return false;
    text.remove_prefix(at + 1);
  }
  const auto slash = std::min(text.find('/'), text.size());
  const auto database = text.substr(std::min(slash + 1, text.size()));
  return parse_authority(text.substr(0, slash)).ok && (database.empty() || whole(database, 0, max_database));
}

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool is_readable_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && std::ifstream{path}.good();
}

}  // namespace tonris::config::values
