#include "net/url.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "model/text/address.hpp"

namespace {

// The parts of an address, put together, are the address; none is lost or made up.
void check_parts(std::string_view text) {
  const auto read = tonris::model::read_address(text);
  if (!read) return;
  std::string again{read->scheme};
  again.append("://").append(read->authority).append(read->target);
  if (read->has_fragment) again.append("#").append(read->fragment);
  if (again != text) std::abort();
  std::string authority{read->userinfo};
  authority.append(read->has_userinfo ? "@" : "").append(read->written_host);
  authority.append(read->has_port ? ":" : "").append(read->port_text);
  if (authority != read->authority) std::abort();
  if (tonris::model::is_loopback(read->host) && read->kind == tonris::model::host_kind::unusable) std::abort();
}

}  // namespace

// What was read can be said again and reads the same; what goes into a request line cannot split it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::net;
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  check_parts(text);
  const auto found = parse_url(text);
  if (!found) return found.error().code == errc::bad_url ? 0 : (std::abort(), 0);
  const auto harmless = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::ranges::all_of(found->target, harmless) || !std::ranges::all_of(found->host_header(), harmless))
    std::abort();
  if (found->target.empty() || found->target[0] != '/' || found->host.empty() || found->port == 0) std::abort();
  const auto again = parse_url(found->scheme + "://" + found->host_header() + found->target);
  // Said again it may be longer than the limit, by the port or the slash.
  if (!again) return size > 16'000 ? 0 : (std::abort(), 0);
  if (again->scheme != found->scheme || again->host != found->host || again->port != found->port ||
      again->target != found->target)
    std::abort();
  return 0;
}
