#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// Times as people ask for them in an address: the one reader of `from`, `to` and `zone`.

/// "Europe/Oslo"; "" is UTC. Reads the system's time zone database once a process (25 ms).
[[nodiscard]] bool is_zone(const std::string& zone);

/// A day of the zone ("2026-11-22": its first moment; as an end, the next day's), or a time to the minute, with seconds
/// and milliseconds or without: in UTC ("2026-11-22T10:00Z"), with an offset ("2026-11-22T10:00+01:00", whose "+" may
/// have become a blank on its way), or the zone's ("2026-11-22T10:00"; of two the first, and of none the moment that
/// the clock was put on). Nothing where it is none, or the zone is not known.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> moment_in(std::string_view text,
                                                                             const std::string& zone, bool is_end);

}  // namespace tonris::model
