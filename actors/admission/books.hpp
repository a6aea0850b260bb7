#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "actors/store/usage_database.hpp"
#include "model/admission/table.hpp"
#include "model/admission/waiting_line.hpp"
#include "model/call/end_reason.hpp"

namespace tonris::actors {

/// What admission knows, beside it, so that it outlives a crash of the actor. Used by one actor at a time.
struct admission_books {
  /// While the disk takes nothing. Of a call that is left out a restart may book a part twice.
  static constexpr std::size_t max_unwritten = 200'000;

  model::admission_table table{};
  model::waiting_line line{};

  /// Refusals of a tenant on a day.
  struct refusals {
    std::chrono::sys_days day{};
    std::map<model::end_reason, std::uint64_t> by_reason;
  };
  std::unordered_map<model::tenant_id, refusals> refused{};

  /// What has changed since it was written: it is looked up in the table when it is.
  std::set<std::pair<std::string, model::usage_month>> months{};
  std::unordered_set<model::call_sid> leases{};
  std::optional<usage_identity> told_to{};  ///< usage_snapshot::told_to

  // counted in the metrics so far
  std::uint64_t gave_up = 0, crowded_out = 0;

  /// A former life's.
  void restore(const usage_snapshot& written, model::admission_table::time now);

  /// False: the lease is left out, too many wait.
  [[nodiscard]] bool changed(const model::tenant_id& tenant, model::usage_month month, const model::call_sid& lease);
  [[nodiscard]] bool has_changes() const noexcept { return !months.empty() || !leases.empty() || told_to; }
  [[nodiscard]] usage_snapshot take_changes();
  void put_back(const usage_snapshot& unwritten);
};

}  // namespace tonris::actors
