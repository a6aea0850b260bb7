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

namespace tonris::e2e {

/// Relays connections on 127.0.0.1 byte by byte, as a proxy that knows WebSockets does, and breaks them as some do once
/// they are open. One thread of its own.
class breaking_proxy {
 public:
  enum class manner {
    passes,
    cuts_after_opening,  ///< the 101 still passes
    stalls_after_opening,
    cuts_long_frames,  ///< what a client sends in more than 64 KiB
    loses_pings,       ///< a client's, which come by themselves
    adds_extension,    ///< to the 101
  };

  breaking_proxy() : port_{tonris::test::free_port()} {
    door_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(door_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto where = at(port_);
    if (::bind(door_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 || ::listen(door_, 64) != 0)
      throw std::runtime_error("no port for a proxy");
    thread_ = std::thread{[this] { run(); }};
  }
  ~breaking_proxy() {
    ends_ = true;
    thread_.join();
    for (const auto& one : pairs_) one.close();
    ::close(door_);
  }
  breaking_proxy(const breaking_proxy&) = delete;
  breaking_proxy& operator=(const breaking_proxy&) = delete;

  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void lead_to(std::uint16_t port) { server_ = port; }
  void be(manner how) { how_ = how; }

 private:
  struct pair {
    int client, server;
    bool is_open = false;       ///< its 101 has passed
    std::size_t of_client = 0;  ///< bytes behind that
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
      ::poll(watched.data(), watched.size(), 20);
      auto next = watched.begin() + 1;
      for (auto one = pairs_.begin(); one != pairs_.end();) {
        const bool asked = (next++)->revents != 0, answered = (next++)->revents != 0;
        const bool alive = (!asked || pass_on(*one)) && (!answered || pass_back(*one));
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

  [[nodiscard]] bool pass_on(pair& one) const {
    constexpr std::size_t long_frame = 65'536, ping_bytes = 6;
    const auto bytes = read(one.client);
    if (bytes.empty()) return false;
    if (!one.is_open) return write(one.server, bytes);
    one.of_client += bytes.size();
    switch (how_.load()) {
      case manner::cuts_after_opening: return false;
      case manner::stalls_after_opening: return true;
      case manner::cuts_long_frames: return one.of_client < long_frame && write(one.server, bytes);
      case manner::loses_pings:
        if (bytes.size() == ping_bytes && bytes.front() == '\x89') return true;
        break;
      case manner::passes:
      case manner::adds_extension: break;
    }
    return write(one.server, bytes);
  }
  [[nodiscard]] bool pass_back(pair& one) const {
    auto bytes = read(one.server);
    if (bytes.empty()) return false;
    if (!one.is_open && bytes.starts_with("HTTP/1.1 101 ")) {
      one.is_open = true;
      if (how_ == manner::adds_extension)
        bytes.insert(bytes.find("\r\n") + 2, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    }
    return write(one.client, bytes);
  }

  // given
  const std::uint16_t port_;
  std::atomic<std::uint16_t> server_{0};
  std::atomic<manner> how_{manner::passes};
  // owned
  int door_ = -1;
  std::list<pair> pairs_;  // its thread's
  std::thread thread_;
  std::atomic<bool> ends_{false};
};

}  // namespace tonris::e2e
