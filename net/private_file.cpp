#include "net/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace tonris::net {

namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

std::error_code last_error() noexcept {
  return {errno, std::generic_category()};
}

}  // namespace

std::error_code keep_private(const std::string& path, bool make) {
  if (make) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, owner_only);
    if (fd < 0 && errno != EEXIST) return last_error();
    if (fd >= 0) ::close(fd);
  }
  if (::chmod(path.c_str(), owner_only) == 0 || (errno == ENOENT && !make)) return {};
  return last_error();
}

bool others_may_enter(const std::string& directory) {
  struct stat is {};
  return ::stat(directory.c_str(), &is) == 0 && (is.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

}  // namespace tonris::net
