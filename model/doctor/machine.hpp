#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "model/doctor/finding.hpp"

namespace tonris::model::doctor {

/// What this machine has for a gateway. What could not be found out is absent, and nothing is said of it.
struct machine_facts {
  std::string data_dir;
  std::string data_dir_failure;  ///< why it cannot be used; "": it can
  bool data_dir_is_open = false;
  std::optional<std::uint64_t> free_mib, free_files;
  std::uint64_t max_calls = 1000;
  std::optional<std::uint64_t> descriptors;  ///< a process may have
  std::optional<std::uint64_t> threads;      ///< the same
  std::optional<std::uint64_t> backlog;      ///< net.core.somaxconn
  std::optional<std::uint64_t> ports;        ///< for connections out
  std::optional<std::uint64_t> memory_mib;   ///< available
  /// Our clock against another's, whose answer has a date; a second is not told apart.
  std::optional<std::chrono::seconds> clock_off;
  std::string clock_of;
  bool clock_is_kept = true;  ///< as the kernel says
};
[[nodiscard]] findings judge(const machine_facts& facts);

}  // namespace tonris::model::doctor
