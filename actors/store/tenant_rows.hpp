#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/text/ids.hpp"

/// A tenant as a store keeps it, whatever the store is.
namespace tonris::actors {

/// Numbers are in their meeting forms (model/phone/number.hpp) everywhere here.
struct stored_tenant {
  model::tenant_id id;
  /// "17-9f86d081884c7d65": the number of the change that made it, one for all tenants, and which request that was.
  /// After a store has lost writes the number alone may be given out again, with other content.
  std::string etag;
  std::string json;  ///< the document, its secrets sealed
};

struct tenant_write {
  model::tenant_id id;
  /// "": there must be none of that id yet; "*": whatever is there, but something; else the ETag that must be there.
  std::string want;
  std::string request;  ///< 16 hex digits: a retry whose answer was lost finds its own work
  std::vector<std::string> numbers;
  std::string json;
  /// The digest of what TENANTS_FILE says of it, "" when the file says nothing of it any more; none: as it was.
  std::optional<std::string> imported{};
};

/// What a change to one tenant came to.
struct tenant_written {
  enum class outcome : std::uint8_t {
    ok,
    exists,   ///< and was to be made
    unknown,  ///< and was to be there
    stale,    ///< `etag` is there, not the one that was wanted
    taken,    ///< `owner` has one of the numbers
    lost,     ///< the store has forgotten its tenants: nothing was changed
  };
  outcome is = outcome::ok;
  std::string etag{};  ///< ok, exists, stale: the one that is there now
  model::tenant_id owner{};
};

/// Which tenant a change was to, and the numbers it had and has.
struct tenant_change {
  std::uint64_t seq = 0;
  model::tenant_id id;
  std::vector<std::string> numbers_before, numbers_now;
};

/// A part of the list by id. `last`: where the next part begins, "" when there is none.
struct tenant_page {
  std::vector<stored_tenant> tenants;
  model::tenant_id last{};
};
inline constexpr std::size_t max_tenant_page = 1'000;
/// A part ends with the tenant that comes to so much: a document may have 1 MiB.
inline constexpr std::size_t max_tenant_page_bytes = std::size_t{1024} * 1024;

}  // namespace tonris::actors
