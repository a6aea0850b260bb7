#include "tests/free_port.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace tonris::test {

namespace {

constexpr std::uint16_t first_port = 20'000, ports = 12'000;  // below ip_local_port_range

/// A name that ends with this process: the descriptor is never closed before.
bool reserve(std::uint16_t port) {
  const auto name = "tonris-test-port-" + std::to_string(port);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());  // abstract: no file
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0) return true;
  ::close(fd);
  return false;
}

bool nobody_listens(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);  // what an ended test left in TIME_WAIT is no obstacle
  const bool free = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return free;
}

}  // namespace

std::uint16_t free_port() {
  static auto next = static_cast<std::uint16_t>(::getpid() * 7 % ports);
  for (int tries = 0; tries < ports; ++tries, next = static_cast<std::uint16_t>((next + 1) % ports)) {
    const auto port = static_cast<std::uint16_t>(first_port + next);
    if (reserve(port) && nobody_listens(port)) return ++next, port;
  }
  throw std::runtime_error("no free port");
}

}  // namespace tonris::test
