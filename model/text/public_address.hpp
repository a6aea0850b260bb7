#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace tonris::model {

/// An IP address, in the order of the network.
using ipv4_bytes = std::array<std::uint8_t, 4>;
using ipv6_bytes = std::array<std::uint8_t, 16>;
using ip_bytes = std::variant<ipv4_bytes, ipv6_bytes>;

/// Of "10.0.0.7" in four decimal numbers, or "fd00::1" without brackets and zone; nothing for anything else, also for
/// what resolvers take for an address besides ("127.1", "0x7f.1").
[[nodiscard]] std::optional<ip_bytes> read_ip(std::string_view text) noexcept;
/// The same machine's shortest form: an IPv4 address written as IPv6 (::ffff:10.0.0.7) is IPv4.
[[nodiscard]] ip_bytes plain_ip(const ip_bytes& ip) noexcept;

/// May somebody's address lead there? 4 bytes or 16, as a name server or a socket has it; any other number is no.
///
/// No for: 0/8, private (10/8, 172.16/12, 192.168/16), carrier's (100.64/10), loopback, link-local (169.254/16 with the
/// clouds' metadata), 192.0.0/24, documentation, 192.88.99/24, benchmarking (198.18/15), multicast, reserved and
/// broadcast (224/3), and Azure's 168.63.129.16. Of IPv6, all that is not 2000::/3 (loopback, unspecified, fc00::/7
/// with fd00:ec2::254, link- and site-local, multicast), documentation, benchmarking, ORCHID; and every form that
/// carries an IPv4 address is what that one is: mapped, compatible, translated (64:ff9b::/96), 6to4, Teredo, ISATAP.
[[nodiscard]] bool is_public_address(std::span<const std::uint8_t> ip) noexcept;
[[nodiscard]] bool is_public_address(const ip_bytes& ip) noexcept;

}  // namespace tonris::model
