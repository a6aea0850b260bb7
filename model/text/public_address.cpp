#include "model/text/public_address.hpp"

#include <algorithm>

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>

namespace tonris::model {

namespace {

namespace urls = boost::urls;
using bytes = std::span<const std::uint8_t>;

/// The first `bits` of an address.
template <std::size_t Size>
struct range {
  std::array<std::uint8_t, Size> start;
  unsigned bits;

  [[nodiscard]] constexpr bool holds(bytes ip) const noexcept {
    for (unsigned i = 0; i < bits; i += 8) {
      const auto left = bits - i;
      const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xFF : 0xFF << (8 - left));
      if ((ip[i / 8] & mask) != start[i / 8]) return false;
    }
    return true;
  }
};

constexpr std::array not_public_ipv4{
    range<4>{{0, 0, 0, 0}, 8},       range<4>{{10, 0, 0, 0}, 8},       range<4>{{100, 64, 0, 0}, 10},
    range<4>{{127, 0, 0, 0}, 8},     range<4>{{168, 63, 129, 16}, 32}, range<4>{{169, 254, 0, 0}, 16},
    range<4>{{172, 16, 0, 0}, 12},   range<4>{{192, 0, 0, 0}, 24},     range<4>{{192, 0, 2, 0}, 24},
    range<4>{{192, 88, 99, 0}, 24},  range<4>{{192, 168, 0, 0}, 16},   range<4>{{198, 18, 0, 0}, 15},
    range<4>{{198, 51, 100, 0}, 24}, range<4>{{203, 0, 113, 0}, 24},   range<4>{{224, 0, 0, 0}, 3},
};

constexpr range<16> global_unicast{{0x20}, 3};
// Within it.
constexpr std::array not_public_ipv6{
    range<16>{{0x20, 0x01, 0x00, 0x02}, 48},  // benchmarking
    range<16>{{0x20, 0x01, 0x00, 0x10}, 28},  // ORCHID
    range<16>{{0x20, 0x01, 0x00, 0x20}, 28},  // ORCHIDv2
    range<16>{{0x20, 0x01, 0x0D, 0xB8}, 32},  // documentation
    range<16>{{0x3F, 0xFF, 0x00, 0x00}, 20},  // documentation
};
constexpr range<16> mapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96};
constexpr range<16> compatible{{}, 96};
constexpr range<16> translated{{0x00, 0x64, 0xFF, 0x9B}, 96};
constexpr range<16> six_to_four{{0x20, 0x02}, 16};
constexpr range<16> teredo{{0x20, 0x01, 0x00, 0x00}, 32};

template <class Ranges>
bool any_holds(const Ranges& ranges, bytes ip) noexcept {
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& one) { return one.holds(ip); });
}

bool is_public_ipv4(bytes ip) noexcept {
  return !any_holds(not_public_ipv4, ip);
}

/// Teredo hides the client's address: each bit is turned round.
bool is_public_teredo(bytes ip) noexcept {
  ipv4_bytes client{};
  std::transform(ip.begin() + 12, ip.end(), client.begin(), [](std::uint8_t byte) { return byte ^ 0xFFU; });
  return is_public_ipv4(ip.subspan(4, 4)) && is_public_ipv4(client);
}

/// The interface of an ISATAP address: 0000:5efe or 0200:5efe, and an IPv4 address.
bool is_isatap(bytes ip) noexcept {
  return (ip[8] & 0xFD) == 0 && ip[9] == 0 && ip[10] == 0x5E && ip[11] == 0xFE;
}

bool is_public_ipv6(bytes ip) noexcept {
  if (mapped.holds(ip) || compatible.holds(ip) || translated.holds(ip)) return is_public_ipv4(ip.subspan(12));
  if (!global_unicast.holds(ip) || any_holds(not_public_ipv6, ip)) return false;
  if (six_to_four.holds(ip)) return is_public_ipv4(ip.subspan(2, 4));
  if (teredo.holds(ip)) return is_public_teredo(ip);
  return !is_isatap(ip) || is_public_ipv4(ip.subspan(12));
}

}  // namespace

std::optional<ip_bytes> read_ip(std::string_view text) noexcept {
  if (text.find(':') == std::string_view::npos) {
    const auto read = urls::parse_ipv4_address(text);
    if (!read) return std::nullopt;
    return ip_bytes{ipv4_bytes{read->to_bytes()}};
  }
  const auto read = urls::parse_ipv6_address(text);
  if (!read) return std::nullopt;
  return ip_bytes{ipv6_bytes{read->to_bytes()}};
}

ip_bytes plain_ip(const ip_bytes& ip) noexcept {
  const auto* const wide = std::get_if<ipv6_bytes>(&ip);
  if (wide == nullptr || !mapped.holds(*wide)) return ip;
  ipv4_bytes narrow{};
  std::copy(wide->begin() + 12, wide->end(), narrow.begin());
  return narrow;
}

bool is_public_address(bytes ip) noexcept {
  switch (ip.size()) {
    case 4: return is_public_ipv4(ip);
    case 16: return is_public_ipv6(ip);
    default: return false;
  }
}

bool is_public_address(const ip_bytes& ip) noexcept {
  return std::visit([](const auto& octets) { return is_public_address(bytes{octets}); }, ip);
}

}  // namespace tonris::model
