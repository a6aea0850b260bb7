#pragma once

#include <string_view>

namespace tonris::config {

/// The system's time zone database: $TZDIR, else /usr/share/zoneinfo (Debian's tzdata). Reads the disk.
[[nodiscard]] bool has_time_zones();
/// Is `name` ("America/New_York") in it, to the letter?
[[nodiscard]] bool is_time_zone(std::string_view name);

}  // namespace tonris::config
