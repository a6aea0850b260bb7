#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "tools/bench/tls_channel.hpp"

namespace tonris::relay {

struct plan {
  std::uint16_t port = 0;      ///< 0: any free one; `relay::port` says which
  std::uint16_t upstream = 0;  ///< on the same host
  std::size_t max_pairs = 20'000;
  bench::tls_context server;  ///< set: the accepted side speaks TLS
  bench::tls_context client;  ///< set: the upstream side speaks TLS
};

/// The floor that the gateway is measured against: for each connection accepted, one to the upstream, and bytes copied
/// both ways; one recv and one send for each piece, edge-triggered epoll, nothing read from the bytes. Loopback only.
/// One thread.
class relay {
 public:
  /// Listens; what went wrong as a sentence.
  [[nodiscard]] static tl::expected<std::unique_ptr<relay>, std::string> listen(const plan& how);
  ~relay();
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Until `stop_fd` becomes readable.
  void run(int stop_fd);

 private:
  struct state;
  explicit relay(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

}  // namespace tonris::relay
