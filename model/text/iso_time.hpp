#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// ISO 8601 with milliseconds, UTC: "2026-11-22T10:00:00.000Z". What is below a millisecond is cut off.
[[nodiscard]] std::string iso_time(std::chrono::system_clock::time_point at);

/// What iso_time writes and nothing else, from 1970 to 2261: the years that a system clock of nanoseconds can count.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text) noexcept;

/// As a person writes it, in UTC: "2026-12-25T10:00Z", with seconds and milliseconds or without.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_utc_time(std::string_view text);

}  // namespace tonris::model
