#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/error.hpp"
#include "net/loop.hpp"

namespace tonris::net {

struct websocket_limits {
  std::size_t max_message_bytes = 64 * 1024;   ///< a larger message ends the socket with too_big (1009)
  std::size_t max_queued_bytes = 1024 * 1024;  ///< outbound bytes the peer has not taken; beyond: slow_peer
  std::chrono::milliseconds idle{0};        ///< end with idle_timeout when nothing at all arrives this long; 0 = never
  std::chrono::milliseconds ping_every{0};  ///< RFC 6455 ping when nothing arrived this long; 0 = never
  std::chrono::milliseconds close_handshake{2000};  ///< how long we wait for the peer's close after ours
};

/// How a WebSocket ended.
struct websocket_end {
  errc why{};
  std::uint16_t close_code = 0;  ///< the peer's code for `closed` (1005 when it sent none), 1006 for reset, else ours
  std::string reason;            ///< the peer's close reason, verbatim (at most 123 bytes)
};

/// Told what happens on a WebSocket, on the loop's thread. Must outlive the socket's end or call `detach` first.
class websocket_handler {
 public:
  virtual ~websocket_handler() = default;
  virtual void on_text(std::string_view message) = 0;  ///< one whole message; the view is valid until return
  virtual void on_drained() {}                         ///< the outbound queue, once non-empty, is empty again
  virtual void on_end(const websocket_end& how) = 0;   ///< exactly once, and the last call
};

/// A WebSocket (RFC 6455) that carries text, either role, TCP or TLS. No extension, no subprotocol. Loop thread only.
/// Pending I/O shares the object: the owner may drop its pointer after `close` or `abort`. A binary message, a broken
/// frame, bad UTF-8 or an oversize message ends this socket with the right code and nobody else's.
/// Pings are answered by themselves. No allocation per message in steady state, either way.
class websocket : public std::enable_shared_from_this<websocket> {
 public:
  virtual ~websocket() = default;

  /// Begins reading. Nothing is read before (what the peer sends meanwhile waits in the kernel or in the handshake's
  /// left-over bytes, which are delivered first, in order). Not from within the constructor's callback chain of another
  /// socket's on_end. Must be called once.
  virtual void start(websocket_handler& handler) = 0;

  /// Before `start`: the same connection as a socket of another loop's. `moved` is called there, once, with that
  /// socket, which is not reading yet either; with null where the connection broke. This one is over then.
  virtual void move_to(loop& other, std::function<void(std::shared_ptr<websocket>)> moved) = 0;

  /// Stops telling the handler anything, `on_end` included. After this the handler may die.
  virtual void detach() noexcept = 0;

  /// Sends one text message made of up to three pieces (so that a payload need not be copied to be framed). The pieces
  /// are taken before return: what the kernel does not take at once is copied to the outbound queue. False: the message
  /// was not taken, because the socket is closing or ended, or the queue is full (then on_end(slow_peer) follows from
  /// the loop, not from within this call).
  virtual bool send(std::string_view first, std::string_view second = {}, std::string_view third = {}) = 0;

  /// As two `send` calls, but one write to the kernel: [first+second+third] and [another].
  virtual bool send_both(std::string_view first, std::string_view second, std::string_view third,
                         std::string_view another) = 0;

  virtual void pause_reading() noexcept = 0;  ///< back-pressure: the peer is not read until resumed
  virtual void resume_reading() = 0;

  /// Sends what is queued, then the close frame, waits for the peer's (limits.close_handshake), then ends; `on_end`
  /// says `aborted` with our code when the peer answered, and with 1006 when it did not. Messages that still come are
  /// dropped. Code 1005: a close frame that tells none. Idempotent. Never calls the handler from within.
  virtual void close(std::uint16_t code, std::string_view reason = {}) = 0;

  /// Cuts the connection now, without a close frame. Idempotent. Never calls the handler from within: on_end
  /// (`aborted`, 1006) follows from the loop, so who lets the handler die here calls `detach` first.
  virtual void abort() = 0;

  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;  ///< what the kernel has not taken yet
  [[nodiscard]] virtual bool open() const noexcept = 0;                 ///< neither closing nor ended
  [[nodiscard]] virtual loop& on_loop() const noexcept = 0;
};

}  // namespace tonris::net
