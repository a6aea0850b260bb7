#include "tests/e2e/silent_crowd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tonris::e2e {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t largest_process = 15'000;
constexpr timespec pause_of_20_ms{0, 20'000'000};
constexpr std::size_t turns_to_come_in = 200;  // four seconds
constexpr std::size_t fewest_a_turn = 8;

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(host);
  return address;
}

int connecting(const sockaddr_in& from, const sockaddr_in& to) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int one = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  (void)::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  (void)::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  return fd;
}

/// In a fork of a process of many threads: system calls, and nothing that takes a lock.
[[noreturn]] void stand_about(const sockaddr_in& from, const sockaddr_in& to, std::vector<pollfd>& all,
                              std::atomic<std::size_t>& came) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);  // else what the test closes stays open here
  // Who attacks has a machine of his own: on this one he takes what the others leave.
  ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + 15);
  const auto most_a_turn = std::max(fewest_a_turn, all.size() / turns_to_come_in);
  for (;; ::nanosleep(&pause_of_20_ms, nullptr)) {
    (void)::poll(all.data(), all.size(), 0);
    std::size_t connects = 0;
    for (auto& one : all) {
      if (one.fd >= 0 && one.revents != 0) ::close(std::exchange(one.fd, -1));  // sent away
      if (one.fd >= 0 || connects == most_a_turn) continue;
      one.fd = connecting(from, to);
      ++connects;
      ++came;
    }
  }
}

std::atomic<std::size_t>* shared_counter() {
  void* const memory =
      ::mmap(nullptr, sizeof(std::atomic<std::size_t>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
  return new (memory) std::atomic<std::size_t>{0};
}

}  // namespace

silent_crowd::silent_crowd(std::uint16_t port, std::size_t size) : size_{size}, came_{shared_counter()} {
  const auto to = loopback(INADDR_LOOPBACK, port);
  for (std::size_t left = size; left > 0;) {
    std::vector<pollfd> share(std::min(left, largest_process), pollfd{-1, POLLIN, 0});
    left -= share.size();
    const auto from = loopback(INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(processes_.size()), 0);
    const pid_t pid = ::fork();
    if (pid == 0) stand_about(from, to, share, *came_);
    if (pid < 0) throw std::runtime_error("no process for a crowd");
    processes_.push_back(pid);
  }
}

silent_crowd::~silent_crowd() {
  for (const auto pid : processes_) ::kill(pid, SIGKILL);
  for (const auto pid : processes_) ::waitpid(pid, nullptr, 0);
  ::munmap(came_, sizeof *came_);
}

bool silent_crowd::has_come(std::chrono::seconds at_most) const {
  for (const auto end = std::chrono::steady_clock::now() + at_most; std::chrono::steady_clock::now() < end;
       std::this_thread::sleep_for(10ms))
    if (came() >= size_) return true;
  return false;
}

}  // namespace tonris::e2e
