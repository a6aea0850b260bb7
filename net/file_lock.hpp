#pragma once

#include <string>
#include <system_error>
#include <utility>

#include <tl/expected.hpp>

namespace tonris::net {

/// Holds a file so that nobody else does, in this process or another, until it is destroyed or the process is gone,
/// however it went. The file is made where there is none, and stays; programs that are started do not inherit the lock.
class file_lock {
 public:
  /// Does not wait: std::errc::resource_unavailable_try_again says that somebody else has it.
  [[nodiscard]] static tl::expected<file_lock, std::error_code> take(const std::string& path);

  file_lock(file_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  file_lock& operator=(file_lock&& other) noexcept;
  ~file_lock();

 private:
  explicit file_lock(int fd) noexcept : fd_(fd) {}
  int fd_;
};

}  // namespace tonris::net
