#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// A day of the calendar, wherever it is.
struct local_day {
  std::chrono::local_days date;
  auto operator<=>(const local_day&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0
};
[[nodiscard]] std::string to_string(local_day day);  ///< "2026-11-22"
/// What to_string writes and nothing else, from 1970 to 2261.
[[nodiscard]] std::optional<local_day> parse_local_day(std::string_view text);

/// Which day it is in a zone ("America/New_York") at that time; "" is UTC. Nothing when the system does not know the
/// zone. Reads the system's time zone database once a process (25 ms), and the zone's file once.
[[nodiscard]] std::optional<local_day> local_day_at(const std::string& zone, std::chrono::system_clock::time_point at);

/// A day of a zone, from its first moment to the next day's: 23 or 25 hours where the clock is changed. Where the clock
/// skips midnight the day begins behind what it skips; where it shows it twice, at the first.
struct day_span {
  std::chrono::system_clock::time_point from, to;
  bool operator==(const day_span&) const = default;
};
[[nodiscard]] std::optional<day_span> span_of(local_day day, const std::string& zone);

}  // namespace tonris::model
