#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tonris::actors {

/// When a process began, in ticks of the kernel's clock since the machine did: of its line in /proc/<pid>/stat.
[[nodiscard]] std::optional<std::uint64_t> start_ticks(std::string_view stat_line);

/// Unix time at which this process began, to the second; 0 where /proc cannot be read.
[[nodiscard]] double process_start_seconds();
/// What its threads have worked so far, in the kernel and out of it.
[[nodiscard]] double process_cpu_seconds();
/// How many descriptors it may open.
[[nodiscard]] double most_descriptors();

}  // namespace tonris::actors
