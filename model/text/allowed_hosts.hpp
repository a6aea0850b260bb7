#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "model/text/public_address.hpp"

namespace tonris::model {

/// TOOL_ALLOWED_HOSTS: the hosts of the operator's own network that tenants' tools and webhooks may reach all the same,
/// with commas between them. "crm.internal" (any port), "crm.internal:8080", "*.corp.example" (what is below it, not
/// itself), "10.0.0.7", "[fd00::1]:8080", "fd00::1". Names whatever the case of their letters.
class allowed_hosts {
 public:
  static constexpr std::size_t most = 100;

  /// "" allows none. The mistake is the rest of "must …".
  [[nodiscard]] static tl::expected<allowed_hosts, std::string_view> parse(std::string_view text);

  /// Of an address's host, as it is written there but without brackets, before anything is resolved. A host that is an
  /// address is compared as one.
  [[nodiscard]] bool allows(std::string_view host, std::uint16_t port) const;
  /// Of what a name resolved to: only entries that are addresses count.
  [[nodiscard]] bool allows(const ip_bytes& ip, std::uint16_t port) const;
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

 private:
  struct entry {
    std::string name;            // lower case; of "*.corp.example" it is ".corp.example"; "" for an address
    std::optional<ip_bytes> ip;  // plain
    std::uint16_t port = 0;      // 0: any
  };
  [[nodiscard]] static std::optional<entry> read(std::string_view text);

  std::vector<entry> entries_;
};

/// May a connection be made to what `host` resolved to? Asked of each resolved address, just before it is dialled, also
/// behind a redirect: the address that was looked at has to be the one that is dialled.
[[nodiscard]] bool may_dial(std::string_view host, const ip_bytes& resolved, std::uint16_t port,
                            const allowed_hosts& allowed);

}  // namespace tonris::model
