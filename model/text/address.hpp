#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tonris::model {

enum class host_kind : std::uint8_t {
  unusable,  ///< nothing that can be dialled: empty, percent-encoded, a number that is no IPv4 address
  name,      ///< of DNS: labels of letters, digits, '-' and '_', no dot at the end
  ipv4,      ///< four decimal numbers
  ipv6,      ///< without a zone
};

/// An absolute address, "scheme://[user[:password]@]host[:port][/path][?query][#fragment]" (RFC 3986), taken apart.
/// Everything is as it is written, also the case of its letters; views into the text.
struct address {
  std::string_view scheme;
  std::string_view authority;  ///< user information, host and port
  std::string_view userinfo;
  std::string_view written_host;  ///< with the brackets of an IPv6 address
  std::string_view host;          ///< without them
  std::string_view port_text;     ///< "" as well where a colon is followed by nothing
  std::string_view target;        ///< path and query; "" where the address ends with its authority
  std::string_view fragment;      ///< without the '#'
  host_kind kind = host_kind::unusable;
  std::uint16_t port = 0;  ///< 0 when none is written, or none that can be
  bool has_userinfo = false, has_port = false, has_fragment = false;

  /// A colon behind the host is followed by a port from 1 to 65535, or there is no colon.
  [[nodiscard]] bool has_usable_port() const noexcept { return !has_port || port != 0; }
};

/// Nothing when there is no scheme or the authority is none. Path, query and fragment are not judged: addresses in use
/// hold characters that RFC 3986 has encoded ('|').
[[nodiscard]] std::optional<address> read_address(std::string_view text) noexcept;

/// Of a host without brackets.
[[nodiscard]] host_kind kind_of_host(std::string_view host) noexcept;

/// Does this host (without brackets) mean this machine, whatever a name server says: localhost, 127.0.0.0/8 in four
/// numbers, ::1 however it is written, and 127.0.0.0/8 written as IPv6 (::ffff:127.0.0.1)?
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

}  // namespace tonris::model
