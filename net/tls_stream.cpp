#include "net/tls_stream.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "net/scratch.hpp"
#include "net/socket_stream.hpp"

namespace tonris::net {
namespace {

/// What OpenSSL says by itself (answers to key updates) goes past every other limit of the queue.
constexpr std::size_t max_unasked_bytes = 8 * 1024 * 1024;

struct plain_text_in {
  static constexpr std::size_t bytes = 16 * 1024;
};
struct plain_text_out {
  static constexpr std::size_t bytes = 16 * 1024;
};

constexpr std::size_t flush_bytes = 64 * 1024;  // cipher text collected before it is sent

/// Cipher text on its way out: OpenSSL appends, `flush` sends. One for all connections of a thread, since it is empty
/// again before anything else runs.
std::string& cipher_out() {
  thread_local std::string bytes;
  return bytes;
}

/// OpenSSL's view of the transport: it reads from the bytes just received and writes to cipher_out().
int bio_read(BIO* bio, char* into, int wanted) {
  BIO_clear_retry_flags(bio);
  auto& received = *static_cast<std::span<char>*>(BIO_get_data(bio));
  const auto count = std::min(received.size(), static_cast<std::size_t>(std::max(wanted, 0)));
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::copy_n(received.begin(), count, into);
  received = received.subspan(count);
  return static_cast<int>(count);
}

int bio_write(BIO* bio, const char* from, int count) {
  BIO_clear_retry_flags(bio);
  cipher_out().append(from, static_cast<std::size_t>(count));
  return count;
}

long bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* bio_methods() {
  static BIO_METHOD* const methods = [] {
    auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return methods;
}

std::string reason_of_failure() {
  const auto error = ERR_peek_error();
  const char* reason = ERR_reason_error_string(error);
  ERR_clear_error();
  if (ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST) return "plain HTTP on a TLS port";
  return reason ? reason : "the records make no sense";
}

/// "2026-11-01", UTC; "" when the certificate's own time makes no sense.
std::string day_of(const ASN1_TIME* time) {
  std::tm broken_down{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &broken_down) != 1) return {};
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &broken_down)};
}

/// What is wrong with a certificate, for whoever has to renew it or to correct a clock or a name.
std::string fault_of(int error, const X509* certificate) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return "certificate expired " + day_of(X509_get0_notAfter(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "certificate not valid before " + day_of(X509_get0_notBefore(certificate));
    default: return std::string{"certificate refused: "} + X509_verify_cert_error_string(error);
  }
}

class tls_stream final : public socket_stream, public turn_taker {
 public:
  using owned_ssl = std::unique_ptr<SSL, void (*)(SSL*)>;

  /// Goes on with a connection that has left its loop.
  tls_stream(loop& on, int descriptor, owned_ssl ssl, std::string held)
      : socket_stream{on, descriptor}, ssl_{std::move(ssl)}, held_{std::move(held)} {
    BIO_set_data(SSL_get_rbio(ssl_.get()), &cipher_in_);
    SSL_set_app_data(ssl_.get(), this);
  }

  tls_stream(loop& on, int descriptor, SSL_CTX* context)
      : socket_stream{on, descriptor}, ssl_{SSL_new(context), SSL_free} {
    BIO* bio = ssl_ ? BIO_new(bio_methods()) : nullptr;
    if (!bio) {
      ssl_.reset();
      return;
    }
    BIO_set_data(bio, &cipher_in_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
  }

  void accept(std::chrono::milliseconds limit, std::shared_ptr<turns> steps, tls_done done) {
    if (ssl_) SSL_set_accept_state(ssl_.get());
    steps_ = std::move(steps);
    begin(limit, std::move(done));
  }

  void connect(const std::string& host, std::chrono::milliseconds limit, tls_done done) {
    if (ssl_ && !expect_host(host)) ssl_.reset();
    if (ssl_) {
      SSL_set_app_data(ssl_.get(), this);
      SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, note_fault);
    }
    if (ssl_) SSL_set_connect_state(ssl_.get());
    begin(limit, std::move(done));
  }

  void give_up() {
    handshake_ = nullptr;
    abort();
  }

  [[nodiscard]] moved_stream leave_loop() override {
    if (handshake_ || !ssl_) {
      give_up();
      return nullptr;
    }
    const auto left = leave();
    if (!left) return nullptr;
    return [left, ssl = std::make_shared<owned_ssl>(std::move(ssl_)), held = std::move(held_)](loop& to) mutable {
      auto here = make_stream<tls_stream>(to, left->release_descriptor(), std::move(*ssl), std::move(held));
      here->take_up(*left);
      return here;
    };
  }

  bool write(std::span<const std::string_view> pieces) override {
    if (closing() || ended() || handshake_ || !ssl_) return false;
    return pieces.size() == 1 ? encrypt(pieces.front()) && flush() : write_gathered(pieces);
  }
  [[nodiscard]] bool secure() const noexcept override { return true; }

 private:
  struct handshake {
    handshake(loop& on, tls_done tell) : done{std::move(tell)}, limit{on} {}
    tls_done done;
    timer limit;
  };

  void begin(std::chrono::milliseconds limit, tls_done done) {
    handshake_ = std::make_unique<handshake>(on_loop(), std::move(done));
    handshake_->limit.after(limit, [weak = weak_from_this()] {
      if (const auto alive = std::static_pointer_cast<tls_stream>(weak.lock()))
        alive->fail_handshake({errc::handshake_timeout, "no TLS handshake in time", 0});
    });
    begin_handshake();
    on_loop().post([self = std::static_pointer_cast<tls_stream>(shared_from_this())] {
      if (!self->handshake_) return;
      if (!self->ssl_) return self->fail_handshake({errc::tls_failed, "no TLS connection could be made", 0});
      self->shake_hands();
      self->arm_read();
    });
  }

  /// OpenSSL shows a certificate that it refuses only while it does so. Its verdict stays as it is.
  static int note_fault(int ok, X509_STORE_CTX* store) {
    if (ok == 1) return ok;
    auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const self = static_cast<tls_stream*>(SSL_get_app_data(ssl));
    self->certificate_fault_ = fault_of(X509_STORE_CTX_get_error(store), X509_STORE_CTX_get_current_cert(store));
    return ok;
  }

  /// The certificate must be for this name or address; a name is also asked for (SNI).
  bool expect_host(const std::string& host) {
    auto* const param = SSL_get0_param(ssl_.get());
    std::array<unsigned char, sizeof(in6_addr)> ignored;
    const bool address =
        inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 || inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
    if (address) return X509_VERIFY_PARAM_set1_ip_asc(param, host.c_str()) == 1;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl_.get(), host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1;
  }

  void on_received(std::span<char> bytes) override {
    if (held_.empty()) {
      cipher_in_ = bytes;
    } else {
      held_.append(bytes.data(), bytes.size());
      cipher_in_ = held_;
    }
    if (!handshake_) {
      decrypt();
      return hold_rest();
    }
    if (std::string_view{cipher_in_.data(), cipher_in_.size()}.starts_with("HTTP/")) speaks_plain_http_ = true;
    if (steps_) return wait_for_turn();
    shake_hands();
    if (handshake_) hold_rest();  // else it did so itself, before anybody was told
  }

  /// Nothing is read meanwhile. Who has begun finishes before others begin.
  void wait_for_turn() {
    hold_rest();
    pause_reading();
    auto self = std::static_pointer_cast<tls_stream>(shared_from_this());
    const auto at = SSL_get_state(ssl_.get());
    const bool begun = at != TLS_ST_BEFORE && at != TLS_ST_SR_CLNT_HELLO;
    begun ? steps_->wait_ahead(std::move(self)) : steps_->wait(std::move(self));
  }

  void take_turn() override {
    if (!handshake_) return;  // given up meanwhile, or too late
    cipher_in_ = held_;
    unpause();
    shake_hands();
    if (handshake_) hold_rest();
    arm_read();
  }
  void fail() override { fail_handshake({errc::internal, {}, 0}); }

  // OpenSSL itself never holds a whole record back: it is asked for one at a time, with room for the largest.
  bool holds_input() override { return !handshake_ && !held_.empty(); }

  void on_held_input() override {
    cipher_in_ = held_;
    decrypt();
    hold_rest();
  }

  /// What the reader does not want yet outlives the receive buffer.
  void hold_rest() {
    if (cipher_in_.empty()) {
      if (!held_.empty()) std::string{}.swap(held_);
    } else if (held_.empty()) {
      held_.assign(cipher_in_.data(), cipher_in_.size());
    } else {
      held_.erase(0, held_.size() - cipher_in_.size());
    }
    cipher_in_ = {};
  }

  void shake_hands() {
    ERR_clear_error();
    const int rc = SSL_do_handshake(ssl_.get());
    const int why = rc == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), rc);
    if (why != SSL_ERROR_NONE && why != SSL_ERROR_WANT_READ) return fail_handshake(failure_of_handshake());
    flush();
    if (why == SSL_ERROR_WANT_READ) return;
    end_handshake();
    hold_rest();
    steps_ = nullptr;
    const auto done = std::exchange(handshake_, nullptr);
    done->limit.cancel();
    done->done(std::static_pointer_cast<byte_stream>(shared_from_this()));
  }

  [[nodiscard]] error failure_of_handshake() {
    if (!certificate_fault_.empty()) {
      ERR_clear_error();
      return {errc::certificate_refused, certificate_fault_, 0};
    }
    if (const long verdict = SSL_get_verify_result(ssl_.get()); verdict != X509_V_OK) {
      ERR_clear_error();
      return {errc::certificate_refused, X509_verify_cert_error_string(verdict), 0};
    }
    if (!speaks_plain_http_) return {errc::tls_failed, reason_of_failure(), 0};
    ERR_clear_error();
    return {errc::tls_failed, "plain HTTP on a TLS port", 0};
  }

  void fail_handshake(error why) {
    const auto keep = shared_from_this();
    const auto failed = std::exchange(handshake_, nullptr);
    if (!failed) return;
    flush();  // the alert
    abort();
    failed->done(tl::make_unexpected(std::move(why)));
  }

  void nobody_to_tell(const error& why) override { fail_handshake(why); }

  void on_fin() override {
    if (handshake_) return fail_handshake({errc::reset, "closed during the TLS handshake", 0});
    if (closing())
      end({errc::closed, {}, 0});
    else
      end({errc::reset, "closed without close_notify", 0});
  }

  void before_fin() override {
    if (handshake_ || !ssl_ || !SSL_is_init_finished(ssl_.get())) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    flush();
  }

  void decrypt() {
    const auto plain = scratch<plain_text_in>();
    while (may_deliver() && !cipher_in_.empty()) {
      ERR_clear_error();
      const int got = SSL_read(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
      if (got > 0) {
        if (!cipher_out().empty()) {  // an answer to a key update
          flush();
          if (queued_bytes() > max_unasked_bytes) return end({errc::slow_peer, "key updates without end", 0});
        }
        deliver(plain.first(static_cast<std::size_t>(got)));
        continue;
      }
      const int why = SSL_get_error(ssl_.get(), got);
      flush();
      if (why == SSL_ERROR_WANT_READ) return;
      if (why == SSL_ERROR_ZERO_RETURN) return on_close_notify();
      return end({errc::tls_failed, reason_of_failure(), 0});
    }
  }

  void on_close_notify() {
    cipher_in_ = {};
    if (closing() && queued_bytes() > 0) return;  // the peer may well read what we still have to say
    end({errc::closed, {}, 0});
  }

  bool write_gathered(std::span<const std::string_view> pieces) {
    const auto room = scratch<plain_text_out>();
    std::size_t used = 0;
    for (auto piece : pieces) {
      while (!piece.empty()) {
        const auto count = std::min(piece.size(), room.size() - used);
        std::copy_n(piece.begin(), count, room.begin() + static_cast<std::ptrdiff_t>(used));
        used += count;
        piece.remove_prefix(count);
        if (used < room.size()) continue;
        if (!encrypt({room.data(), used})) return false;
        used = 0;
      }
    }
    return (used == 0 || encrypt({room.data(), used})) && flush();
  }

  bool encrypt(std::string_view plain) {
    while (!plain.empty()) {
      const auto now = plain.substr(0, plain_text_out::bytes);
      ERR_clear_error();
      if (SSL_write(ssl_.get(), now.data(), static_cast<int>(now.size())) <= 0) {
        cipher_out().clear();  // shared by the thread: nothing of this connection may stay in it
        fail_soon({errc::tls_failed, reason_of_failure(), 0});
        return false;
      }
      plain.remove_prefix(now.size());
      if (cipher_out().size() >= flush_bytes && !flush()) return false;
    }
    return true;
  }

  bool flush() {
    auto& out = cipher_out();
    const bool sent = out.empty() || send(std::array{std::string_view{out}});
    out.clear();
    return sent;
  }

  // owned
  owned_ssl ssl_;
  std::unique_ptr<handshake> handshake_;
  // given
  std::shared_ptr<turns> steps_;  // a server's, until the handshake is done; a client's begin with us
  // state
  std::span<char> cipher_in_;       // received, not yet taken by OpenSSL
  std::string held_;                // the same, when it must outlive the receive buffer
  std::string certificate_fault_;   // of the peer's, in words
  bool speaks_plain_http_ = false;  // a server that does not know of TLS
};

tls_cancel cancel_of(const std::shared_ptr<tls_stream>& stream) {
  return [weak = std::weak_ptr{stream}] {
    if (const auto alive = weak.lock()) alive->give_up();
  };
}

}  // namespace

tls_cancel accept_tls(loop& on, int descriptor, const tls_server_context& tls, std::chrono::milliseconds limit,
                      std::shared_ptr<turns> steps, tls_done done) {
  const auto context = tls.current();
  const auto stream = make_stream<tls_stream>(on, descriptor, context.get());
  stream->accept(limit, std::move(steps), std::move(done));
  return cancel_of(stream);
}

tls_cancel connect_tls(loop& on, int descriptor, const tls_client_context& tls, const std::string& host,
                       std::chrono::milliseconds limit, tls_done done) {
  const auto stream = make_stream<tls_stream>(on, descriptor, tls.get());
  stream->connect(host, limit, std::move(done));
  return cancel_of(stream);
}

}  // namespace tonris::net
