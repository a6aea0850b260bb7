#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "net/byte_stream.hpp"
#include "net/reactor_socket.hpp"

namespace tonris::net {

/// Makes a stream of the connected, non-blocking descriptor, which it takes over whatever happens.
template <class Stream, class... Ts>
std::shared_ptr<Stream> make_stream(loop& on, int descriptor, Ts&&... more) {
  try {
    return std::make_shared<Stream>(on, descriptor, std::forward<Ts>(more)...);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

/// A byte_stream over a connected TCP socket, and what the TLS stream stands on: it overrides the four protected
/// functions to put its records between the socket and the reader.
///
/// Re-entrancy: the reader may call anything on this stream, and drop it, from within its callbacks. No function of
/// byte_stream calls the reader from within, `read_to` and `resume_reading` neither: what waits comes from the loop.
class socket_stream : public byte_stream {
 public:
  /// Takes the connected, non-blocking descriptor over, unless it throws; sets TCP_NODELAY and lets the kernel hold 32
  /// KiB of unsent bytes.
  socket_stream(loop& on, int descriptor);
  ~socket_stream() override;

  void read_to(byte_reader& reader) override;
  void detach() noexcept override;
  void pause_reading() noexcept override { paused_ = true; }
  void resume_reading() override;
  bool write(std::span<const std::string_view> pieces) override;
  void close_when_written() override;
  void abort() override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return out_.size() - out_taken_; }
  [[nodiscard]] std::string peer_address() const override { return peer_; }
  [[nodiscard]] bool secure() const noexcept override { return false; }
  [[nodiscard]] loop& on_loop() const noexcept override { return loop_; }
  [[nodiscard]] std::chrono::steady_clock::time_point last_read() const noexcept override { return last_read_; }

 protected:
  virtual void on_received(std::span<char> bytes) { deliver(bytes); }
  virtual void on_fin() { end(error{errc::closed, {}, 0}); }
  virtual void before_fin() {}                  ///< the last chance to write: close_notify
  virtual void nobody_to_tell(const error&) {}  ///< the end, when there is no reader
  virtual bool holds_input() { return false; }  ///< something received waits for the reader: on_held_input is due
  virtual void on_held_input() {}

  void deliver(std::span<char> bytes);  ///< to the reader; nobody there: dropped
  bool send(std::span<const std::string_view> pieces);
  /// The last word; from the loop's own callbacks only, never from within a call of the owner.
  void end(const error& why);
  void fail_soon(error why);  ///< as `end`, but from the loop later
  void arm_read();
  void unpause() noexcept { paused_ = false; }      ///< and arm_read comes later
  void set_limit(std::chrono::milliseconds limit);  ///< how long an end in order may take
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  [[nodiscard]] bool closing() const noexcept { return closing_; }
  [[nodiscard]] bool may_deliver() const noexcept { return !ended_ && !paused_ && (reader_ || detached_); }
  void read_without_reader(bool on) noexcept { started_ = on; }  ///< while a handshake is being read

 private:
  [[nodiscard]] std::shared_ptr<socket_stream> self() {
    return std::static_pointer_cast<socket_stream>(shared_from_this());
  }
  void on_readable();
  void on_writable();
  void end_of_exception() { end({errc::internal, {}, 0}); }
  void on_broken();
  bool receive_once(bool may_exhaust);
  std::size_t send_now(std::span<const std::string_view> pieces);
  void enqueue(std::span<const std::string_view> pieces, std::size_t sent);
  void on_all_written();
  void send_fin();

  loop& loop_;
  std::string peer_;
  reactor_socket socket_;  // behind what may throw: only then the descriptor is ours
  ready_op<socket_stream, &socket_stream::on_readable, &socket_stream::end_of_exception> read_op_;
  ready_op<socket_stream, &socket_stream::on_writable, &socket_stream::end_of_exception> write_op_;
  byte_reader* reader_ = nullptr;
  std::string out_;  // what the kernel has not taken, from out_taken_ on
  std::size_t out_taken_ = 0;
  std::unique_ptr<timer> limit_;
  error failure_;  // why `broken_`
  std::chrono::steady_clock::time_point last_read_;
  bool started_ = false;   // reading, or was when paused
  bool detached_ = false;  // nobody listens, on purpose
  bool paused_ = false;
  bool more_ = true;     // the kernel may hold bytes that no edge will announce
  bool broken_ = false;  // a write failed; on_end follows
  bool closing_ = false;
  bool fin_sent_ = false;
  bool fin_seen_ = false;
  bool ended_ = false;
};

}  // namespace tonris::net
