#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tools/bench/outcome.hpp"
#include "tools/bench/poller.hpp"
#include "tools/bench/tls_channel.hpp"

namespace tonris::bench {

/// Whoever uses a connection. It may close or bury the connection in any of these calls, but not destroy it.
class connection_user {
 public:
  virtual void on_open() = 0;                        ///< connected, TLS handshake done
  virtual void on_data(std::span<char> bytes) = 0;   ///< may be changed in place; valid during the call
  virtual void on_closed(std::string_view why) = 0;  ///< by the peer or an error; never after our own `close`

 protected:
  ~connection_user() = default;
};

/// A TCP connection on loopback, with TLS when a context is given. One recv a readiness edge and one send a write, as
/// long as the peer keeps up. One thread.
class connection final : public pollable {
 public:
  connection(poller& events, connection_user& user) : events_(events), user_(user) {}
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Connects to 127.0.0.1. False when that failed at once; else `on_open` or `on_closed` follows.
  [[nodiscard]] bool dial(std::uint16_t port, const tls_context& tls);
  /// Goes on with an accepted socket, which it owns from now on.
  [[nodiscard]] bool adopt(int fd, const tls_context& tls);
  void write(std::string_view bytes);
  /// Closes at once. Idempotent.
  void close() noexcept;
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  /// Bytes that the socket would not take yet.
  [[nodiscard]] std::size_t queued() const noexcept { return waiting_.size(); }

  void on_events(std::uint32_t events) override;

 private:
  void on_connected();
  void on_readable();
  [[nodiscard]] bool on_ciphertext(std::span<const char> bytes);
  void send_raw(std::string_view bytes);
  void end(std::string_view why);

  poller& events_;
  connection_user& user_;
  int fd_ = -1;
  bool connecting_ = false;
  bool told_open_ = false;
  std::unique_ptr<tls_channel> tls_;
  std::string waiting_;
};

/// Accepts on a free port of 127.0.0.1.
class acceptor final : public pollable {
 public:
  using handler = std::function<void(int fd)>;
  [[nodiscard]] static outcome<std::unique_ptr<acceptor>> listen(poller& events, handler take);
  ~acceptor() override;
  acceptor(const acceptor&) = delete;
  acceptor& operator=(const acceptor&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;
  void on_events(std::uint32_t events) override;

 private:
  acceptor(int fd, handler take) : fd_(fd), take_(std::move(take)) {}
  int fd_;
  handler take_;
};

/// A port of 127.0.0.1 that nobody listens on at the moment; 0 when there is none.
[[nodiscard]] std::uint16_t free_port() noexcept;

}  // namespace tonris::bench
