#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// TENANTS_FILE: a JSON list, at most 16 MiB. A tenant with a mistake is left out, alone: the others are served.
struct tenant_list {
  struct mistake {
    std::size_t line = 0;  ///< of the file, from 1
    std::string tenant;    ///< its id; "number 3 of the list" where it has none that can be read
    std::string path;      ///< "settings.agents[1].weight"
    std::string message;   ///< "must be a whole number from 0 to 1000"
    bool operator==(const mistake&) const = default;
  };
  std::vector<tenant> good;
  std::vector<mistake> mistakes;     ///< all there are, by line; the first `max_tenant_mistakes`
  std::vector<std::string> refused;  ///< the ids of those left out, as far as they can be read
};
inline constexpr std::size_t max_tenant_mistakes = 1000;

/// Beside what parse_tenant refuses: an id or a number that an earlier tenant has, and transfers that lead round in a
/// circle, of which every call would be a paid loop. A text that is no JSON list gives one mistake, with its line.
[[nodiscard]] tl::expected<tenant_list, tenant_list::mistake> parse_tenants(std::string_view json,
                                                                            const zone_check& zone_exists = {});

/// "line 12, tenant salon-1: settings.language must be …"
[[nodiscard]] std::string to_string(const tenant_list::mistake& m);

/// What a reload has changed, by id.
struct tenant_changes {
  std::vector<std::string> added, changed, removed;
};
/// "3 added (a, b, c), 1 changed (d)", at most ten ids each; "nothing changed".
[[nodiscard]] std::string to_string(const tenant_changes& changes);

}  // namespace tonris::model
