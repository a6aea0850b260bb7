#pragma once

#include <chrono>
#include <compare>
#include <string>

namespace tonris::model {

/// A month of the calendar in UTC: what minutes and money are counted by, whatever the tenant's time zone.
struct usage_month {
  int number = 0;                                        ///< 202611
  auto operator<=>(const usage_month&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0
};

[[nodiscard]] usage_month month_of(std::chrono::system_clock::time_point at);
[[nodiscard]] std::string to_string(usage_month month);  ///< "202611"

}  // namespace tonris::model
