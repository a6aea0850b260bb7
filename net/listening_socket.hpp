#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "net/error.hpp"

namespace tonris::net {

/// A bound, listening, non-blocking TCP socket, which nobody accepts from yet. Whoever holds it owns the descriptor;
/// programs that are started do not inherit it. Nobody else listens there: several loops share one door by being dealt
/// its connections (http_server::deal_to), since what lets two sockets have a port (SO_REUSEPORT) lets another process
/// have it as well.
class listening_socket {
 public:
  /// Port 0: any free one. In use, at whichever of the host's addresses: refused.
  [[nodiscard]] static result<listening_socket> bind(const std::string& host, std::uint16_t port);
  /// One that somebody else has bound: from here on ours. Refused (and left open) where it is no listening TCP socket.
  [[nodiscard]] static result<listening_socket> adopt(int fd);

  listening_socket(listening_socket&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  listening_socket& operator=(listening_socket&& other) noexcept;
  ~listening_socket();

  [[nodiscard]] std::uint16_t port() const noexcept;
  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }  ///< the caller owns it now

 private:
  explicit listening_socket(int fd) noexcept : fd_{fd} {}
  int fd_;
};

}  // namespace tonris::net
