#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "net/error.hpp"
#include "net/loop.hpp"

namespace tonris::sim {

/// A stretch of network that can fail as networks do: a port of 127.0.0.1 that passes one connection on to another port
/// of it. Which end is the gateway decides what breaks; the simulator at the other end is told nothing. Segments and
/// buffers are an Internet's, not loopback's, so that a reader who stops is felt after seconds and not after minutes.
/// Owner: a leg or a conversation, beyond the connection's end. Loop thread only.
class wire {
 public:
  enum class gateway_end { dials, listens };

  /// Errors as of listening on any free port.
  static net::result<std::unique_ptr<wire>> lay(net::loop& on, std::uint16_t to_port, gateway_end where);
  ~wire();  ///< closes what is left, in no particular manner
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  void reset();                            ///< the gateway gets a RST
  void finish();                           ///< the gateway gets a FIN, as of a process that ended
  void go_dark();                          ///< nothing passes any more and nobody is told: half-open
  void hold();                             ///< what the gateway sends is not read; the other way goes on
  void release();                          ///< undoes `hold`
  void inject(const std::string& frames);  ///< raw bytes for the gateway, at the next seam between two frames
  void corrupt();                          ///< a byte of what the gateway gets next is another

  /// Has the gateway ended its connection, in order or not? Seen without reading, so under `hold` and in the dark too.
  [[nodiscard]] bool gateway_gone() const;
  /// Whole bytes the gateway could send: what a reader who stopped has still taken.
  [[nodiscard]] std::uint64_t bytes_from_gateway() const noexcept;

 private:
  class link;
  explicit wire(std::shared_ptr<link> what);
  std::shared_ptr<link> link_;
};

/// Frames as a server sends them, for `inject`.
[[nodiscard]] std::string binary_frame();
[[nodiscard]] std::string broken_frame();  ///< a reserved opcode: RFC 6455 ends the connection with 1002

}  // namespace tonris::sim
