#include "tests/e2e/flood.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace tonris::e2e {

namespace {

std::string repeated(const std::string& request) {
  std::string all;
  while (all.size() < 64 * 1024) all += request;
  return all;
}

int connected(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

/// Without waiting for anything.
void leave(int fd) {
  const linger at_once{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
}

}  // namespace

struct flood::peer {
  int fd;
  std::uint16_t port;
  std::size_t sent = 0;
  bool over = false;  ///< it ended us
};

flood::flood(std::uint16_t port, std::string request, std::size_t connections, manner how)
    : how_(how),
      requests_(how == manner::stays ? repeated(request) : std::move(request)),
      thread_([this, port, connections] { run(port, connections); }) {}

flood::~flood() {
  over_ = true;
  thread_.join();
}

void flood::read(peer& from) {
  thread_local std::vector<char> answers(256 * 1024);
  const auto got = ::recv(from.fd, answers.data(), answers.size(), 0);
  if (got > 0) answered_ += static_cast<std::uint64_t>(got);
  if (how_ == manner::stays) {
    from.over = got == 0 || (got < 0 && errno != EAGAIN);
    return;
  }
  answers_ += got > 0;
  leave(from.fd);
  from = {connected(from.port), from.port};
}

void flood::write(peer& to) {
  const auto took = ::send(to.fd, requests_.data() + to.sent, requests_.size() - to.sent, MSG_NOSIGNAL);
  if (took > 0) to.sent += static_cast<std::size_t>(took);
  if (how_ == manner::stays) to.sent %= requests_.size();
}

void flood::run(std::uint16_t port, std::size_t connections) {
  // Who attacks has a machine of his own: on this one he takes what the others leave.
  const auto me = static_cast<id_t>(::syscall(SYS_gettid));
  ::setpriority(PRIO_PROCESS, me, ::getpriority(PRIO_PROCESS, me) + 15);
  std::vector<peer> peers;
  for (std::size_t i = 0; i < connections; ++i) peers.push_back({connected(port), port});
  std::vector<pollfd> ready(connections);
  while (!over_) {
    for (std::size_t i = 0; i < connections; ++i) {
      const bool wants = peers[i].sent < requests_.size();
      ready[i] = {peers[i].over ? -1 : peers[i].fd, static_cast<short>(wants ? POLLIN | POLLOUT : POLLIN), 0};
    }
    if (::poll(ready.data(), ready.size(), 50) < 0) break;
    for (std::size_t i = 0; i < connections; ++i) {
      if (ready[i].revents & POLLOUT) write(peers[i]);
      if (ready[i].revents & (POLLIN | POLLERR | POLLHUP)) read(peers[i]);
    }
  }
  for (const auto& one : peers) leave(one.fd);
}

}  // namespace tonris::e2e
