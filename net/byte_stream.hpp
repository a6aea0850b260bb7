#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/error.hpp"
#include "net/loop.hpp"

namespace tonris::net {

/// Told what arrives on a byte_stream, on the loop's thread.
class byte_reader {
 public:
  virtual ~byte_reader() = default;
  /// All of `bytes` must be taken before return (they may be changed in place: unmasking). Called again for more.
  virtual void on_bytes(std::span<char> bytes) = 0;
  virtual void on_writable() {}               ///< the outbound queue, once non-empty, is empty again
  virtual void on_end(const error& why) = 0;  ///< the last call, once; `closed` for an orderly end (FIN, close_notify)
};

/// A connected TCP or TLS stream: net's inside door, on which HTTP and WebSocket stand. Loop thread only.
/// Made for frames: one `recv` a read (no second try), one `send` a write straight from the caller's pieces, no
/// allocation in steady state, no buffer of its own: bytes are read into one block that all streams of a thread share.
/// TLS runs over OpenSSL with a BIO of our own on those bytes and SSL_MODE_RELEASE_BUFFERS: an idle TLS connection
/// costs about 21 KiB, a plain one about one. A reset (RST) that comes in the same turn of the loop as bytes is told at
/// the next write: who only waits needs a time limit. Pending I/O shares the object; abort it before its loop goes.
class byte_stream : public std::enable_shared_from_this<byte_stream> {
 public:
  virtual ~byte_stream() = default;

  /// Begins reading; or, on a stream that reads already, hands it to another reader (HTTP to WebSocket).
  virtual void read_to(byte_reader& reader) = 0;
  virtual void detach() noexcept = 0;  ///< the reader is told nothing any more
  virtual void pause_reading() noexcept = 0;
  virtual void resume_reading() = 0;

  /// Writes the pieces in order. What the kernel does not take is copied and follows by itself. False: ended.
  virtual bool write(std::span<const std::string_view> pieces) = 0;
  virtual void close_when_written() = 0;  ///< then close_notify and FIN; nothing may be written after this
  /// Now, and with a RST where the peer has not taken all; idempotent; on_end is not called for it.
  virtual void abort() = 0;

  /// The connection without its loop: this stream ends without a word, as by `abort`. What it returns is called once,
  /// on another loop's thread, and makes the same connection a stream of that loop's, which does not read yet; dropped,
  /// it closes the connection. Only while nobody reads (paused, or not begun). Null: it had ended, or was ending.
  using moved_stream = std::function<std::shared_ptr<byte_stream>(loop& to)>;
  [[nodiscard]] virtual moved_stream leave_loop() = 0;

  [[nodiscard]] virtual std::size_t queued_bytes() const noexcept = 0;
  [[nodiscard]] virtual std::string peer_address() const = 0;  ///< numeric, without port
  [[nodiscard]] virtual bool secure() const noexcept = 0;
  [[nodiscard]] virtual loop& on_loop() const noexcept = 0;
  [[nodiscard]] virtual std::chrono::steady_clock::time_point last_read() const noexcept = 0;
};

}  // namespace tonris::net
