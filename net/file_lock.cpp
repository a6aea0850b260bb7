#include "net/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace tonris::net {

tl::expected<file_lock, std::error_code> file_lock::take(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return tl::unexpected(std::error_code{errno, std::generic_category()});
  file_lock held(fd);
  int failed = 0;
  do failed = ::flock(fd, LOCK_EX | LOCK_NB);
  while (failed != 0 && errno == EINTR);
  if (failed != 0) return tl::unexpected(std::error_code{errno, std::generic_category()});
  return held;
}

file_lock& file_lock::operator=(file_lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

file_lock::~file_lock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace tonris::net
