#include "model/text/tenant_url.hpp"

#include <algorithm>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_url_bytes = 2048;
constexpr std::uint16_t https_port = 443, http_port = 80, first_free_port = 1024;

bool is_own_name(std::string_view host) {
  const auto name = to_lower(host);
  return name == "localhost" || name.ends_with(".localhost");
}

bool is_outside(const address& from) {
  if (from.kind == host_kind::name) return !is_own_name(from.host);
  const auto ip = read_ip(from.host);
  return ip && is_public_address(*ip);
}

bool is_port_for_all(std::uint16_t port) noexcept {
  return port == https_port || port == http_port || port >= first_free_port;
}

tenant_url parts_of(const address& from, std::uint16_t port, bool tls) {
  tenant_url url;
  url.host = from.host;
  url.port = port;
  url.tls = tls;
  url.target = from.target.starts_with('/') ? std::string{from.target} : "/" + std::string{from.target};
  url.authority = from.written_host;
  if (port != (tls ? https_port : http_port)) url.authority.append(":").append(std::to_string(port));
  return url;
}

}  // namespace

tl::expected<tenant_url, url_refusal> check_tenant_url(std::string_view text, const allowed_hosts& allowed) {
  const bool is_written_well = text.size() <= max_url_bytes && std::all_of(text.begin(), text.end(), is_visible);
  const auto read = is_written_well ? read_address(text) : std::nullopt;
  if (!read || read->kind == host_kind::unusable) return tl::unexpected(url_refusal::unreadable);
  const bool tls = same_text(read->scheme, "https");
  if (!tls && !same_text(read->scheme, "http")) return tl::unexpected(url_refusal::scheme);
  if (read->has_userinfo) return tl::unexpected(url_refusal::user_info);
  if (read->has_fragment) return tl::unexpected(url_refusal::fragment);
  if (!read->has_usable_port()) return tl::unexpected(url_refusal::port);
  const auto port = read->has_port ? read->port : tls ? https_port : http_port;
  if (allowed.allows(read->host, port)) return parts_of(*read, port, tls);
  if (!is_outside(*read)) return tl::unexpected(url_refusal::not_outside);
  if (!tls) return tl::unexpected(url_refusal::scheme);
  if (!is_port_for_all(port)) return tl::unexpected(url_refusal::port);
  return parts_of(*read, port, tls);
}

std::string_view to_string(url_refusal why) noexcept {
  switch (why) {
    case url_refusal::unreadable: return "unreadable";
    case url_refusal::scheme: return "scheme";
    case url_refusal::user_info: return "user_info";
    case url_refusal::fragment: return "fragment";
    case url_refusal::port: return "port";
    case url_refusal::not_outside: return "not_outside";
  }
  return "unreadable";
}

}  // namespace tonris::model
