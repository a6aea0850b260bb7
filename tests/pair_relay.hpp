#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <iterator>
#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/free_port.hpp"

namespace tonris::test {

/// A client's connection, and the one to the server for it.
struct relayed_pair {
  int client = -1, server = -1;
};

/// Stands between clients and a server, all on 127.0.0.1, and relays what they say as whoever derives from it does. One
/// thread of its own, from `begin` until `end`.
template <class Pair>
class pair_relay {
 public:
  pair_relay(const pair_relay&) = delete;
  pair_relay& operator=(const pair_relay&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  void lead_to(std::uint16_t server) { server_ = server; }

 protected:
  pair_relay() = default;
  ~pair_relay() = default;

  void begin() {
    door_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(door_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto where = at(port_);
    if (::bind(door_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 || ::listen(door_, 64) != 0)
      throw std::runtime_error("no port for a relay");
    thread_ = std::thread{[this] { run(); }};
  }
  void end() {
    ends_ = true;
    thread_.join();
    for (const auto& one : pairs_) close(one);
    ::close(door_);
  }

  // On its thread. False: both connections are closed.
  virtual bool pass_on(Pair& one) = 0;        ///< the client has said something, or gone
  virtual bool pass_back(Pair& one) = 0;      ///< the server
  virtual bool go_on(Pair&) { return true; }  ///< every few milliseconds

  static std::string read(int from) {
    std::string bytes(65'536, '\0');
    const auto got = ::recv(from, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  static bool write(int to, const std::string& bytes) {
    return ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

 private:
  static sockaddr_in at(std::uint16_t port) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return where;
  }
  static void close(const relayed_pair& one) {
    ::close(one.client);
    ::close(one.server);
  }

  void run() {
    while (!ends_) {
      std::vector<pollfd> watched{{door_, POLLIN, 0}};
      for (const auto& one : pairs_) {
        watched.push_back({one.client, POLLIN, 0});
        watched.push_back({one.server, POLLIN, 0});
      }
      ::poll(watched.data(), watched.size(), 2);
      auto next = watched.begin() + 1;
      for (auto one = pairs_.begin(); one != pairs_.end();) {
        const bool asked = (next++)->revents != 0, answered = (next++)->revents != 0;
        const bool alive = (!asked || pass_on(*one)) && (!answered || pass_back(*one)) && go_on(*one);
        if (!alive) close(*one);
        one = alive ? std::next(one) : pairs_.erase(one);
      }
      if (watched.front().revents != 0) open();
    }
  }

  void open() {
    relayed_pair fresh{::accept4(door_, nullptr, nullptr, SOCK_CLOEXEC),
                       ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto where = at(server_);
    if (fresh.client >= 0 && ::connect(fresh.server, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0)
      static_cast<relayed_pair&>(pairs_.emplace_back()) = fresh;
    else
      close(fresh);
  }

  const std::uint16_t port_ = free_port();
  std::atomic<std::uint16_t> server_{0};
  int door_ = -1;
  std::list<Pair> pairs_;  // its thread's
  std::thread thread_;
  std::atomic<bool> ends_{false};
};

}  // namespace tonris::test
