#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

#include "tools/bench/clock.hpp"

namespace tonris::bench {

/// What a process has used since it started, all threads together, ended ones too but for the switches.
struct process_usage {
  nanos at = 0;                                  ///< when this was read
  nanos cpu = 0;                                 ///< user and system time
  std::uint64_t voluntary = 0, involuntary = 0;  ///< context switches of the threads that live
};
/// Zeros when there is no such process.
[[nodiscard]] process_usage usage_of(pid_t pid);

struct process_memory {
  std::uint64_t rss_kib = 0;
  std::uint64_t pss_kib = 0;  ///< shared pages divided by their users
};
[[nodiscard]] process_memory memory_of(pid_t pid);

/// The machine's load average over the last minute.
[[nodiscard]] double load_average();

/// The number after "name:" in a text such as /proc/PID/status; 0 when it is not there.
[[nodiscard]] std::uint64_t number_after(std::string_view text, std::string_view name) noexcept;

}  // namespace tonris::bench
