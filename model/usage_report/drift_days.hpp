#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/money/reconciliation.hpp"

namespace tonris::model {

/// What the days whose drift is kept say of the clock by which all before `end` are over.
enum class clock_doubt : std::uint8_t {
  none,
  behind,  ///< days are kept that are not over: it is behind, or was ahead
  ahead,   ///< more days have gone by than are made up for: it is ahead, or nobody was there
};
[[nodiscard]] clock_doubt doubt_of(const std::optional<std::chrono::sys_days>& newest, std::chrono::sys_days end,
                                   std::chrono::days made_up_for) noexcept;

/// A day's rows at one vendor, made anew of the records that are there now. Of a tenant of whose calls some have gone
/// meanwhile those that were kept stand: what is made anew never knows less.
[[nodiscard]] std::vector<drift_row> made_anew(const std::vector<drift_row>& kept, const std::vector<drift_row>& made);

}  // namespace tonris::model
