#pragma once

#include <sys/resource.h>

#include <cerrno>
#include <cstddef>

namespace tonris::net {

/// Raises this process's limit of open descriptors as far as it may (soft to hard; Debian's soft one is 1024, which is
/// 500 calls), and says what it is now. At start. Header only: the bare relay and the bench link nothing of net.
inline std::size_t raise_descriptor_limit() noexcept {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  const auto soft = files.rlim_cur;
  files.rlim_cur = files.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : soft;
}

/// Whether that errno says that no descriptor is left, in this process or on this machine.
[[nodiscard]] inline bool is_out_of_descriptors(int error_number) noexcept {
  return error_number == EMFILE || error_number == ENFILE;
}

}  // namespace tonris::net
