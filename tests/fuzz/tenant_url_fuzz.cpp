#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/text/ascii.hpp"
#include "model/text/tenant_url.hpp"

// Laws: an address that is accepted has a host, a port and a target that can stand in a request, and is https and
// public where nothing is allowed; an IPv4 address and its IPv6 form are both public or both not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  if (const auto url = check_tenant_url(text, {})) {
    if (url->host.empty() || url->port == 0 || !url->tls || !url->target.starts_with('/')) std::abort();
    if (!std::all_of(url->target.begin(), url->target.end(), is_visible)) std::abort();
    if (!std::all_of(url->authority.begin(), url->authority.end(), is_visible)) std::abort();
    if (const auto ip = read_ip(url->host); ip && !is_public_address(*ip)) std::abort();
  }
  if (const auto allowed = allowed_hosts::parse(text.substr(0, 4096))) (void)check_tenant_url(text, *allowed);
  if (const auto ip = read_ip(text); ip && is_public_address(*ip) != is_public_address(plain_ip(*ip))) std::abort();
  if (size >= 4) {
    ipv6_bytes mapped{};
    mapped[10] = mapped[11] = 0xFF;
    std::copy_n(bytes, 4, mapped.begin() + 12);
    if (is_public_address(std::span<const std::uint8_t>{bytes, 4}) != is_public_address(ip_bytes{mapped})) std::abort();
  }
  return 0;
}
