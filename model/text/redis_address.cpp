#include "model/text/redis_address.hpp"

#include <algorithm>
#include <charconv>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"
#include "model/text/percent.hpp"

namespace tonris::model {
namespace {

constexpr std::uint16_t server_port = 6379, sentinel_port = 26'379;
constexpr std::uint32_t max_database = 1'000'000;
constexpr std::size_t max_hosts = 16;

/// What stands before `mark`, which is taken away with it; all, if there is none.
std::string_view cut(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool read_credentials(std::string_view userinfo, redis_address& to) {
  if (userinfo.find(':') == std::string_view::npos) return false;
  const auto user = percent_decoded(cut(userinfo, ':'));
  const auto password = percent_decoded(userinfo);
  if (!user || !password) return false;
  to.user = *user;
  to.password = *password;
  return true;
}

/// One "host[:port]".
bool read_host(std::string_view text, std::uint16_t standard, redis_address& to) {
  const auto whole = std::string{"redis://"}.append(text);
  const auto read = read_address(whole);
  if (!read || read->has_userinfo || !read->target.empty() || read->has_fragment) return false;
  if (read->kind == host_kind::unusable || !read->has_usable_port()) return false;
  to.hosts.push_back({to_lower(read->host), read->has_port ? read->port : standard});
  return true;
}

bool read_database(std::string_view text, redis_address& to) {
  if (text.empty()) return true;
  const auto* const end = text.data() + text.size();
  const auto [last, failed] = std::from_chars(text.data(), end, to.database);
  return failed == std::errc{} && last == end && is_digit(text.front()) && to.database <= max_database;
}

/// As Redis takes it in "sentinel monitor".
bool is_master_name(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; });
}

}  // namespace

std::optional<redis_address> read_redis_address(std::string_view text) {
  const auto mark = text.find("://");
  if (mark == std::string_view::npos || !std::all_of(text.begin(), text.end(), is_visible)) return std::nullopt;
  if (text.find_first_of("?#") != std::string_view::npos) return std::nullopt;
  const auto scheme = to_lower(text.substr(0, mark));
  const bool by_sentinels = scheme == "redis+sentinel";
  if (!by_sentinels && scheme != "redis" && scheme != "rediss") return std::nullopt;

  redis_address out;
  out.secure = scheme == "rediss";
  auto path = text.substr(mark + 3);
  auto authority = cut(path, '/');
  if (const auto at = authority.find('@'); at != std::string_view::npos && !read_credentials(cut(authority, '@'), out))
    return std::nullopt;
  if (!by_sentinels)
    return read_host(authority, server_port, out) && read_database(path, out) ? std::optional{out} : std::nullopt;
  for (bool more = true; more;) {
    more = authority.find(',') != std::string_view::npos;
    if (out.hosts.size() == max_hosts || !read_host(cut(authority, ','), sentinel_port, out)) return std::nullopt;
  }
  out.master = cut(path, '/');
  return is_master_name(out.master) && read_database(path, out) ? std::optional{out} : std::nullopt;
}

std::string redis_address::masked() const {
  std::string out{!master.empty() ? "redis+sentinel://" : secure ? "rediss://" : "redis://"};
  if (has_credentials()) out.append(percent_encoded(user)).append(":***@");
  for (const auto& one : hosts) {
    const bool ipv6 = one.host.find(':') != std::string::npos;
    if (&one != &hosts.front()) out += ',';
    out.append(ipv6 ? "[" : "").append(one.host).append(ipv6 ? "]:" : ":").append(std::to_string(one.port));
  }
  if (!master.empty()) out.append("/").append(master);
  if (database != 0) out.append("/").append(std::to_string(database));
  return out;
}

}  // namespace tonris::model
