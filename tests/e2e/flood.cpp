#include "tests/e2e/flood.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

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

}  // namespace

flood::flood(std::uint16_t port, std::string request, std::size_t connections)
    : requests_(repeated(request)), thread_([this, port, connections] { run(port, connections); }) {}

flood::~flood() {
  over_ = true;
  thread_.join();
}

void flood::run(std::uint16_t port, std::size_t connections) {
  // Who attacks has a machine of his own: on this one he takes what the others leave.
  const auto me = static_cast<id_t>(::syscall(SYS_gettid));
  ::setpriority(PRIO_PROCESS, me, ::getpriority(PRIO_PROCESS, me) + 15);
  std::vector<pollfd> peers;
  std::vector<std::size_t> sent(connections);
  for (std::size_t i = 0; i < connections; ++i) peers.push_back({connected(port), POLLIN | POLLOUT, 0});
  std::vector<char> answers(256 * 1024);
  while (!over_ && ::poll(peers.data(), peers.size(), 50) >= 0) {
    for (std::size_t i = 0; i < connections; ++i) {
      if (peers[i].revents & POLLIN) {
        const auto got = ::recv(peers[i].fd, answers.data(), answers.size(), 0);
        if (got > 0) answered_ += static_cast<std::uint64_t>(got);
        if (got == 0) peers[i].events = 0;
      }
      if (peers[i].revents & POLLOUT) {
        const auto took = ::send(peers[i].fd, requests_.data() + sent[i], requests_.size() - sent[i], MSG_NOSIGNAL);
        if (took > 0) sent[i] = (sent[i] + static_cast<std::size_t>(took)) % requests_.size();
      }
    }
  }
  for (const auto& peer : peers) ::close(peer.fd);
}

}  // namespace tonris::e2e
