#pragma once

#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/byte_stream.hpp"
#include "net/reactor_socket.hpp"
#include "net/socket_phase.hpp"

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
  [[nodiscard]] moved_stream leave_loop() override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return out_.size() - out_taken_; }
  [[nodiscard]] std::string peer_address() const override { return peer_; }
  [[nodiscard]] bool secure() const noexcept override { return false; }
  [[nodiscard]] loop& on_loop() const noexcept override { return loop_; }
  [[nodiscard]] std::chrono::steady_clock::time_point last_read() const noexcept override { return last_read_; }

 protected:
  /// A connection between two loops. Closes it, unless a stream takes it up.
  class homeless {
   public:
    homeless(int descriptor, std::string unsent) noexcept : descriptor_(descriptor), unsent_(std::move(unsent)) {}
    ~homeless() {
      if (descriptor_ >= 0) ::close(descriptor_);
    }
    homeless(const homeless&) = delete;
    homeless& operator=(const homeless&) = delete;
    [[nodiscard]] int release_descriptor() noexcept { return std::exchange(descriptor_, -1); }
    [[nodiscard]] std::string_view unsent() const noexcept { return unsent_; }

   private:
    int descriptor_;
    std::string unsent_;
  };
  [[nodiscard]] std::shared_ptr<homeless> leave();  ///< null: it had ended, or was ending
  void take_up(const homeless& from);               ///< what its former stream still had to send

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
  [[nodiscard]] bool ended() const noexcept { return phase_ == socket_phase::ended; }
  [[nodiscard]] bool closing() const noexcept { return is_closing(phase_); }
  [[nodiscard]] bool may_deliver() const noexcept {
    return !ended() && !paused_ && (listens_ == listener::reader || listens_ == listener::nobody);
  }
  void begin_handshake() noexcept { listens_ = listener::handshake; }  ///< it is read, and no reader told
  void end_handshake() noexcept { listens_ = listener::none_yet; }

 private:
  /// Whom what is read is for.
  enum class listener : std::uint8_t {
    none_yet,   ///< nothing is read
    handshake,  ///< the transport's own
    reader,
    nobody,  ///< on purpose: it is read and dropped
  };

  [[nodiscard]] std::shared_ptr<socket_stream> self() {
    return std::static_pointer_cast<socket_stream>(shared_from_this());
  }
  void happen(socket_event event);
  void perform(socket_step step);
  void begin_close();
  void send_fin();
  void close_socket();
  void tell_end(const error& why);
  void on_readable();
  void on_writable();
  void end_of_exception() { end({errc::internal, {}, 0}); }
  void tell_failure_later();
  void on_failure_due();
  bool receive_once(bool may_exhaust);
  std::size_t send_now(std::span<const std::string_view> pieces);
  void enqueue(std::span<const std::string_view> pieces, std::size_t sent);
  [[nodiscard]] bool reads() const noexcept { return listens_ != listener::none_yet && !paused_ && may_read(phase_); }

  // given
  loop& loop_;
  std::string peer_;
  byte_reader* reader_ = nullptr;
  // owned
  reactor_socket socket_;  // behind what may throw: only then the descriptor is ours
  ready_op<socket_stream, &socket_stream::on_readable, &socket_stream::end_of_exception> read_op_;
  ready_op<socket_stream, &socket_stream::on_writable, &socket_stream::end_of_exception> write_op_;
  std::string out_;  // what the kernel has not taken, from out_taken_ on
  std::size_t out_taken_ = 0;
  std::unique_ptr<timer> limit_;
  // state
  error failure_;  // the one to tell, while failing
  std::chrono::steady_clock::time_point last_read_;
  socket_phase phase_ = socket_phase::open;
  listener listens_ = listener::none_yet;
  bool paused_ = false;
  bool more_ = true;  // the kernel may hold bytes that no edge will announce
};

}  // namespace tonris::net
