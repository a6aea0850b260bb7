#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/free_port.hpp"

namespace tonris::net::test {

/// Stands between a client and a server, both on 127.0.0.1, and does to the answers what a network does: holds them up,
/// or loses them. An answer that is lost takes all that come after it on its connection along, as a stream does, and
/// the server has done what was asked. One thread of its own.
class lossy_proxy {
 public:
  explicit lossy_proxy(std::uint16_t server) : server_{server}, port_{tonris::test::free_port()} {
    door_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(door_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto where = at(port_);
    EXPECT_EQ(::bind(door_, reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
    EXPECT_EQ(::listen(door_, 64), 0);
    thread_ = std::thread{[this] { run(); }};
  }
  ~lossy_proxy() {
    ends_ = true;
    thread_.join();
    for (const auto& one : pairs_) one.close();
    ::close(door_);
  }
  lossy_proxy(const lossy_proxy&) = delete;
  lossy_proxy& operator=(const lossy_proxy&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

  /// From now on every n-th piece of answers is lost, of all connections together; 0: none.
  void lose_every(unsigned n) { lose_every_ = n; }
  /// Each piece so long, and by chance up to `more` longer: two connections of a client then have no common order.
  void hold_up(std::chrono::milliseconds each, std::chrono::milliseconds more = std::chrono::milliseconds{0}) {
    hold_up_ = each;
    by_chance_ = more;
  }
  [[nodiscard]] unsigned lost() const noexcept { return lost_; }

 private:
  using time = std::chrono::steady_clock::time_point;
  struct held {
    time due;
    std::string bytes;
  };
  struct pair {
    int client, server;
    bool mute = false;
    std::deque<held> answers{};
    void close() const {
      ::close(client);
      ::close(server);
    }
  };

  static sockaddr_in at(std::uint16_t port) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return where;
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
        const bool alive = (!asked || pass_on(*one)) && (!answered || take_answer(*one)) && give_answers(*one);
        if (!alive) one->close();
        one = alive ? std::next(one) : pairs_.erase(one);
      }
      if (watched.front().revents != 0) open();
    }
  }

  void open() {
    const int client = ::accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto where = at(server_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0)
      pairs_.push_back({client, server});
    else
      pair{client, server}.close();
  }

  static std::string read(int from) {
    std::string bytes(65'536, '\0');
    const auto got = ::recv(from, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  static bool write(int to, const std::string& bytes) {
    return ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  static bool pass_on(const pair& one) {
    const auto bytes = read(one.client);
    return !bytes.empty() && write(one.server, bytes);
  }
  bool take_answer(pair& one) {
    auto bytes = read(one.server);
    if (bytes.empty()) return false;
    const bool greets = bytes.find("redis_version:") != std::string::npos;
    if (const auto every = lose_every_.load(); every > 0 && !greets && !one.mute && ++pieces_ % every == 0) {
      one.mute = true;
      ++lost_;
    }
    auto wait = hold_up_.load();
    if (const auto more = by_chance_.load().count(); more > 0) wait += std::chrono::milliseconds{draw_() % (more + 1)};
    if (!one.mute) one.answers.push_back({std::chrono::steady_clock::now() + wait, std::move(bytes)});
    return true;
  }
  static bool give_answers(pair& one) {
    const auto now = std::chrono::steady_clock::now();
    for (; !one.answers.empty() && one.answers.front().due <= now; one.answers.pop_front())
      if (!write(one.client, one.answers.front().bytes)) return false;
    return true;
  }

  // given
  const std::uint16_t server_, port_;
  // owned
  int door_ = -1;
  std::list<pair> pairs_;  // its thread's
  std::thread thread_;
  // state
  std::atomic<bool> ends_{false};
  std::atomic<unsigned> lose_every_{0}, lost_{0};
  std::atomic<std::chrono::milliseconds> hold_up_{std::chrono::milliseconds{0}}, by_chance_{hold_up_.load()};
  std::minstd_rand draw_{11};  // its thread's
  unsigned pieces_ = 0;
};

}  // namespace tonris::net::test
