#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tonris::actors {

/// How much of what is old goes at once, in an hourly pruning: a hundredth of all, and a hundred rows. What comes in
/// within thirty days goes as fast; a clock that is a month ahead for an hour costs no more than that.
inline constexpr std::int64_t least_pruned = 100, prunes_of_all = 100;

/// The end of an SQL query: `rows` names a table, and which of it.
[[nodiscard]] inline std::string prune_limit(std::string_view rows) {
  return " LIMIT (SELECT max(" + std::to_string(least_pruned) + ", count(*) / " + std::to_string(prunes_of_all) +
         ") FROM " + std::string{rows} + ")";
}

}  // namespace tonris::actors
