/// A disk that takes nothing while the file exists that TONRIS_SLOW_DISK names: preloaded into a gateway, it keeps
/// whoever writes below DATA_DIR waiting, in the midst of his system call, as a disk does that hangs.
#include <dlfcn.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

std::string from(const char* name) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text != nullptr ? text : "";
}

bool is_on_the_disk(int fd) {
  static const std::string directory = from("DATA_DIR") + "/";
  const auto link = "/proc/self/fd/" + std::to_string(fd);
  std::array<char, 4096> path{};
  const auto size = ::readlink(link.c_str(), path.data(), path.size());
  return size > 0 && std::string_view{path.data(), static_cast<std::size_t>(size)}.starts_with(directory);
}

void wait_for_disk(int fd) {
  static const std::string stalled = from("TONRIS_SLOW_DISK");
  if (stalled.empty() || ::access(stalled.c_str(), F_OK) != 0 || !is_on_the_disk(fd)) return;
  while (::access(stalled.c_str(), F_OK) == 0) std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, std::size_t size) {
  static auto* const really = next<ssize_t(int, const void*, std::size_t)>("write");
  wait_for_disk(fd);
  return really(fd, bytes, size);
}

ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off64_t at) {
  static auto* const really = next<ssize_t(int, const void*, std::size_t, off64_t)>("pwrite64");
  wait_for_disk(fd);
  return really(fd, bytes, size, at);
}

int fdatasync(int fd) {
  static auto* const really = next<int(int)>("fdatasync");
  wait_for_disk(fd);
  return really(fd);
}

int fsync(int fd) {
  static auto* const really = next<int(int)>("fsync");
  wait_for_disk(fd);
  return really(fd);
}

}  // extern "C"
