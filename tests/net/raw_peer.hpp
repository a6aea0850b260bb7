#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tonris::net::test {

/// The other side as bytes: a blocking loopback socket for the test's own thread, every wait bounded.
class raw_peer {
 public:
  static raw_peer to(std::uint16_t port) {
    raw_peer peer{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = loopback(port);
    EXPECT_EQ(::connect(peer.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const int one = 1;
    setsockopt(peer.fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return peer;
  }
  explicit raw_peer(int fd) : fd_{fd} {}
  raw_peer(raw_peer&& other) noexcept : fd_{std::exchange(other.fd_, -1)}, read_{std::move(other.read_)} {}
  raw_peer& operator=(raw_peer&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(read_, other.read_);
    return *this;
  }
  ~raw_peer() { close(); }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {  ///< an RST instead of a FIN
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void end_writing() { ::shutdown(fd_, SHUT_WR); }  ///< a FIN, and still reading
  void take_little() {                              ///< a small receive window
    const int bytes = 4096;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  /// False when the connection broke.
  bool say(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Everything up to and with `end`, out of the bytes that come; what came when the stream ends before.
  std::string until(std::string_view end) {
    while (read_.find(end) == std::string::npos && more()) continue;
    const auto found = read_.find(end);
    return take(found == std::string::npos ? read_.size() : found + end.size());
  }
  std::string bytes(std::size_t count) {
    while (read_.size() < count && more()) continue;
    return take(std::min(count, read_.size()));
  }
  std::string to_the_end() {
    while (more()) continue;
    return take(read_.size());
  }
  /// A head and the body its Content-Length announces.
  std::string message() {
    auto head = until("\r\n\r\n");
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? head : head + bytes(std::stoul(head.substr(at + 16)));
  }
  /// Does the other side end the stream (in order or not) in time? Bytes before that are kept.
  bool ends(std::chrono::milliseconds limit = std::chrono::seconds{20}) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < until)
      if (readable(std::chrono::milliseconds{10}) && !more()) return true;
    return false;
  }
  bool readable(std::chrono::milliseconds limit) const {
    pollfd ready{fd_, POLLIN, 0};
    return ::poll(&ready, 1, static_cast<int>(limit.count())) > 0;
  }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

 private:
  bool more() {
    if (!readable(std::chrono::seconds{20})) {
      ADD_FAILURE() << "nothing came for 20 s";
      return false;
    }
    std::array<char, 16384> buffer{};
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    read_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t count) {
    auto taken = read_.substr(0, count);
    read_.erase(0, count);
    return taken;
  }

  int fd_;
  std::string read_;
};

/// A listening loopback socket for the test's own thread.
class raw_listener {
 public:
  explicit raw_listener(int backlog = 64) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    auto address = raw_peer::loopback(0);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, backlog), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~raw_listener() { ::close(fd_); }
  raw_listener(const raw_listener&) = delete;
  raw_listener& operator=(const raw_listener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool anybody(std::chrono::milliseconds limit) const {
    pollfd ready{fd_, POLLIN, 0};
    return ::poll(&ready, 1, static_cast<int>(limit.count())) > 0;
  }
  raw_peer accept() {
    EXPECT_TRUE(anybody(std::chrono::seconds{20})) << "nobody connected for 20 s";
    return raw_peer{::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)};
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

}  // namespace tonris::net::test
