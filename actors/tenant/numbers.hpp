#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/store/tenant_rows.hpp"

namespace tonris::actors {

/// Every number that leads to a tenant, where the store tells them all: so nobody's numbers, which nearly all callers'
/// are, need no question. About 150 bytes a number. One thread at a time.
class tenant_numbers {
 public:
  void begin(const std::vector<std::pair<std::string, model::tenant_id>>& all);
  void apply(const tenant_change& change);

  /// Whose it is, in whichever of its forms it comes; null: nobody's. For nearly all strangers without a look at the
  /// form, which costs about ten microseconds.
  [[nodiscard]] const model::tenant_id* owner_of(const std::string& number) const;
  [[nodiscard]] std::size_t size() const noexcept { return owners_.size(); }

 private:
  void add(const std::string& form, const model::tenant_id& owner);
  void remove(const std::string& form, const model::tenant_id& owner);

  std::unordered_map<std::string, model::tenant_id> owners_;  // by meeting form
  std::unordered_map<std::string, std::uint32_t> ends_;       // how many numbers end so (model::shared_end)
};

}  // namespace tonris::actors
