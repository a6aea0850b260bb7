#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace tonris::bench {

/// TLS settings of one role. Shared by all its connections; outlives them.
using tls_context = std::shared_ptr<ssl_ctx_st>;

/// For a server with this certificate and key (PEM files). Empty with a reason in `error`.
[[nodiscard]] tls_context tls_server_side(const std::string& certificate, const std::string& key, std::string& error);
/// For a client: verifies the peer against SSL_CERT_FILE or the system's store, or against `authority` (a PEM file)
/// when that is not empty.
[[nodiscard]] tls_context tls_client_side(const std::string& authority, std::string& error);

/// One TLS connection without its socket: ciphertext goes in and comes out by hand, so that a reader of sockets needs
/// one recv for many records and one send. Keeps no buffer of its own between calls and gives OpenSSL's back (17 KiB
/// each) whenever they are empty. One thread.
class tls_channel {
 public:
  enum class state { handshaking, open, closed, failed };

  [[nodiscard]] static std::unique_ptr<tls_channel> server(const tls_context& context);
  /// The certificate must be valid for `address`, an IP address.
  [[nodiscard]] static std::unique_ptr<tls_channel> client(const tls_context& context, const std::string& address);
  ~tls_channel();
  tls_channel(const tls_channel&) = delete;
  tls_channel& operator=(const tls_channel&) = delete;

  /// A client's first flight, appended to `wire`.
  void start(std::string& wire);
  /// Hands over ciphertext that came. It must stay valid until `read` has said 0; what is to be sent in answer is
  /// appended to `wire`, which must live as long.
  void give(std::span<const char> ciphertext, std::string& wire) noexcept;
  /// The next plaintext from what was given; 0 when there is no more of it (then look at `where`).
  [[nodiscard]] std::size_t read(std::span<char> into);
  /// Encrypts, appending to `wire`. False when the channel is not open or fails.
  [[nodiscard]] bool write(std::string_view plaintext, std::string& wire);
  /// Says goodbye (close_notify), appended to `wire`.
  void finish(std::string& wire);
  [[nodiscard]] state where() const noexcept { return state_; }

 private:
  explicit tls_channel(ssl_st* ssl);
  friend struct channel_bio;

  ssl_st* ssl_;
  state state_ = state::handshaking;
  std::span<const char> in_;
  std::string* out_ = nullptr;
};

}  // namespace tonris::bench
