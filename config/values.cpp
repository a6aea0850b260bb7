#include "config/values.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::config::values {

namespace {

using model::address;
using model::host_kind;

bool is_host(const address& of) noexcept {
  return of.kind == host_kind::ipv6 || of.kind == host_kind::ipv4 || is_host_name(of.host);
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto item = model::trimmed(text.substr(0, comma));
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
  const auto written = model::to_lower(text);
  const bool is_secure = written.starts_with("https://");
  if (!is_secure && !written.starts_with("http://")) return {"", "must begin with https://"};
  const auto read = model::read_address(written);
  if (read && read->has_userinfo) return {"", "must not contain a user name or password"};
  if (read && (read->has_fragment || (!read->target.empty() && read->target != "/")))
    return {"", "must be an origin only, such as https://gw.example.com: no path, query or fragment"};
  if (!read || !is_host(*read) || !read->has_usable_port())
    return {"", "must name a host, and a port from 1 to 65535 if any, such as https://gw.example.com:8443"};
  if (!is_secure && !model::is_loopback(read->host))
    return {"", "must begin with https:// (http:// is for loopback hosts only)"};
  return {std::string{read->scheme}.append("://").append(read->authority), ""};
}

origin parse_endpoint(std::string_view text) {
  const auto read = model::read_address(text);
  const auto scheme = model::to_lower(read ? read->scheme : std::string_view{});
  if (scheme != "http" && scheme != "https") return {"", "must begin with http:// or https://"};
  if (read->has_userinfo) return {"", "must not contain a user name or password"};
  if (!is_host(*read) || !read->has_usable_port())
    return {"", "must name a host, and a port from 1 to 65535 if any, such as http://localhost:4318"};
  if (read->has_fragment || read->target.find('?') != std::string_view::npos)
    return {"", "must not have a query or a fragment"};
  if (!std::all_of(read->target.begin(), read->target.end(), model::is_visible))
    return {"", "must be printable ASCII without blanks"};
  auto path = read->target;
  while (path.ends_with('/')) path.remove_suffix(1);
  return {scheme + "://" + model::to_lower(read->authority) + std::string{path}, ""};
}

std::optional<double> share(std::string_view text) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !(number >= 0 && number <= 1)) return std::nullopt;
  return number;
}

bool is_host_name(std::string_view text) {
  return model::kind_of_host(text) == host_kind::name && text.find('_') == std::string_view::npos;
}

bool is_ip_address(std::string_view text) {
  const auto kind = model::kind_of_host(text);
  return kind == host_kind::ipv4 || kind == host_kind::ipv6;
}

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), model::is_visible);
}

bool is_readable_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && std::ifstream{path}.good();
}

}  // namespace tonris::config::values
