#include "tests/e2e/silent_crowd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace tonris::e2e {

using namespace std::chrono_literals;

silent_crowd::silent_crowd(std::uint16_t port, std::size_t size)
    : all_(size, pollfd{-1, POLLIN, 0}), thread_([this, port] { run(port); }) {}

silent_crowd::~silent_crowd() {
  over_ = true;
  thread_.join();
  for (const auto& one : all_)
    if (one.fd >= 0) ::close(one.fd);
}

bool silent_crowd::has_come(std::chrono::seconds at_most) const {
  for (const auto end = std::chrono::steady_clock::now() + at_most; std::chrono::steady_clock::now() < end;
       std::this_thread::sleep_for(10ms))
    if (came_ >= all_.size()) return true;
  return false;
}

void silent_crowd::run(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  while (!over_) {
    (void)::poll(all_.data(), all_.size(), 0);
    int connects = 0;
    for (auto& one : all_) {
      if (one.fd >= 0 && one.revents != 0) ::close(std::exchange(one.fd, -1));  // sent away
      if (one.fd >= 0 || ++connects > 8) continue;
      one.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      (void)::connect(one.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
      ++came_;
    }
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace tonris::e2e
