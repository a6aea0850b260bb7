#include "net/listening_socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tonris::net {
namespace {

constexpr int backlog = 4096;

tl::unexpected<error> failure(const char* what, int why) {
  return tl::make_unexpected(error{errc::bad_url, std::string{what} + std::strerror(why), 0});
}

struct address_list {
  ~address_list() {
    if (first) freeaddrinfo(first);
  }
  addrinfo* first = nullptr;
};

/// A descriptor, or -1 with errno.
int open_listener(const addrinfo& address) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return -1;
  const int one = 1;
  const int zero = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (address.ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
  if (::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, backlog) == 0) return fd;
  const int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

/// Whether that address is not this machine's, so that the host's next one may be meant.
bool is_not_ours(int why) noexcept {
  return why == EADDRNOTAVAIL || why == EAFNOSUPPORT;
}

int option_of(int fd, int name) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

}  // namespace

result<listening_socket> listening_socket::bind(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  address_list found;
  const int rc = getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &found.first);
  if (rc != 0) return tl::make_unexpected(error{errc::resolve_failed, gai_strerror(rc), 0});
  for (const auto* address = found.first; address; address = address->ai_next) {
    if (const int fd = open_listener(*address); fd >= 0) return listening_socket{fd};
    if (!is_not_ours(errno)) break;
  }
  return failure("cannot listen there: ", errno);
}

result<listening_socket> listening_socket::adopt(int fd) {
  if (option_of(fd, SO_TYPE) != SOCK_STREAM || option_of(fd, SO_PROTOCOL) != IPPROTO_TCP ||
      option_of(fd, SO_ACCEPTCONN) != 1)
    return tl::make_unexpected(
        error{errc::bad_url, "descriptor " + std::to_string(fd) + " is no listening TCP socket", 0});
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
    return failure("cannot use the descriptor: ", errno);
  return listening_socket{fd};
}

listening_socket& listening_socket::operator=(listening_socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

listening_socket::~listening_socket() {
  if (fd_ >= 0) ::close(fd_);
}

std::uint16_t listening_socket::port() const noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  return 0;
}

}  // namespace tonris::net
