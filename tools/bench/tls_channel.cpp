#include "tools/bench/tls_channel.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace tonris::bench {

/// The BIO under each connection: reads from the span given, writes to the string given.
struct channel_bio {
  static int read(BIO* bio, char* into, int size) {
    auto& channel = *static_cast<tls_channel*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (channel.in_.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const auto count = std::min(channel.in_.size(), static_cast<std::size_t>(size));
    std::memcpy(into, channel.in_.data(), count);
    channel.in_ = channel.in_.subspan(count);
    return static_cast<int>(count);
  }

  static int write(BIO* bio, const char* from, int size) {
    auto& channel = *static_cast<tls_channel*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (channel.out_ == nullptr) return -1;
    channel.out_->append(from, static_cast<std::size_t>(size));
    return size;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tonris channel");
      BIO_meth_set_read(m, read);
      BIO_meth_set_write(m, write);
      BIO_meth_set_ctrl(m, control);
      return m;
    }();
    return made;
  }
};

namespace {

std::string last_error() {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "no reason given" : reason;
}

tls_context make_context(const SSL_METHOD* method) {
  tls_context context{SSL_CTX_new(method), [](SSL_CTX* c) { SSL_CTX_free(c); }};
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

}  // namespace

tls_context tls_server_side(const std::string& certificate, const std::string& key, std::string& error) {
  auto context = make_context(TLS_server_method());
  if (!context || SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    error = "cannot use the certificate " + certificate + ": " + last_error();
    return {};
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    error = "cannot use the key " + key + ": " + last_error();
    return {};
  }
  return context;
}

tls_context tls_client_side(const std::string& authority, std::string& error) {
  auto context = make_context(TLS_client_method());
  const bool loaded =
      context && (authority.empty() ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                                    : SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr) == 1);
  if (!loaded) {
    error = "cannot read the certificate authorities: " + last_error();
    return {};
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

tls_channel::tls_channel(ssl_st* ssl) : ssl_(ssl) {
  BIO* bio = BIO_new(channel_bio::method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
}

tls_channel::~tls_channel() {
  SSL_free(ssl_);
}

std::unique_ptr<tls_channel> tls_channel::server(const tls_context& context) {
  std::unique_ptr<tls_channel> channel{new tls_channel(SSL_new(context.get()))};
  SSL_set_accept_state(channel->ssl_);
  return channel;
}

std::unique_ptr<tls_channel> tls_channel::client(const tls_context& context, const std::string& address) {
  std::unique_ptr<tls_channel> channel{new tls_channel(SSL_new(context.get()))};
  SSL_set_connect_state(channel->ssl_);
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(channel->ssl_), address.c_str());
  return channel;
}

void tls_channel::start(std::string& wire) {
  out_ = &wire;
  ERR_clear_error();
  SSL_do_handshake(ssl_);
  out_ = nullptr;
}

void tls_channel::give(std::span<const char> ciphertext, std::string& wire) noexcept {
  in_ = ciphertext;
  out_ = &wire;
}

std::size_t tls_channel::read(std::span<char> into) {
  if (state_ == state::closed || state_ == state::failed) return 0;
  ERR_clear_error();
  const int count = SSL_read(ssl_, into.data(), static_cast<int>(into.size()));
  if (state_ == state::handshaking && SSL_is_init_finished(ssl_) == 1) state_ = state::open;
  if (count > 0) return static_cast<std::size_t>(count);
  const int why = SSL_get_error(ssl_, count);
  if (why == SSL_ERROR_ZERO_RETURN) state_ = state::closed;
  if (why != SSL_ERROR_ZERO_RETURN && why != SSL_ERROR_WANT_READ) state_ = state::failed;
  out_ = nullptr;
  return 0;
}

bool tls_channel::write(std::string_view plaintext, std::string& wire) {
  if (state_ != state::open) return false;
  std::string* const before = std::exchange(out_, &wire);  // a reader of this channel may be in the middle of `give`
  while (!plaintext.empty()) {
    ERR_clear_error();
    const int part = static_cast<int>(std::min<std::size_t>(plaintext.size(), 16 * 1024));
    const int count = SSL_write(ssl_, plaintext.data(), part);
    if (count <= 0) {
      state_ = state::failed;
      break;
    }
    plaintext.remove_prefix(static_cast<std::size_t>(count));
  }
  out_ = before;
  return plaintext.empty();
}

void tls_channel::finish(std::string& wire) {
  if (state_ != state::open) return;
  std::string* const before = std::exchange(out_, &wire);
  ERR_clear_error();
  SSL_shutdown(ssl_);
  out_ = before;
}

}  // namespace tonris::bench
