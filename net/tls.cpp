#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <mutex>
#include <utility>

namespace tonris::net {
namespace {

using context_ptr = std::shared_ptr<SSL_CTX>;

/// OpenSSL's own words for the last failure: reasons only, no file names.
tl::unexpected<error> refused(const char* what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return tl::make_unexpected(
      error{errc::tls_failed, std::string{what} + (reason ? ": " : "") + (reason ? reason : "")});
}

context_ptr new_context(const SSL_METHOD* method) {
  ERR_clear_error();
  context_ptr context{SSL_CTX_new(method), SSL_CTX_free};
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Buffers of an idle connection go back: thousands of them wait for the next 20 ms.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

/// Else OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return 0;
}

/// What a context shows of itself to its peers.
result<void> show(SSL_CTX* context, const std::string& certificate_file, const std::string& key_file) {
  bool asked_for_passphrase = false;
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &asked_for_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
    return refused("the certificate cannot be used");
  const bool key_read = SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (!key_read && asked_for_passphrase) {
    ERR_clear_error();
    return tl::make_unexpected(error{
        errc::tls_failed, "the key has a passphrase: a key without one is needed (openssl pkey -in KEY -out FILE)", 0});
  }
  if (!key_read) return refused("the key cannot be used");
  if (SSL_CTX_check_private_key(context) != 1) return refused("the key is not the certificate's");
  return {};
}

result<context_ptr> server_context(const std::string& certificate_file, const std::string& key_file) {
  auto context = new_context(TLS_server_method());
  if (!context) return refused("no TLS");
  SSL_CTX_set_options(context.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context.get(), 1);
  if (const auto shown = show(context.get(), certificate_file, key_file); !shown)
    return tl::make_unexpected(shown.error());
  return context;
}

}  // namespace

struct tls_server_context::state {
  std::string certificate_file;
  std::string key_file;
  mutable std::mutex guard;  // of `context` alone
  context_ptr context;
};

tls_server_context::tls_server_context() : state_{std::make_unique<state>()} {}
tls_server_context::~tls_server_context() = default;

result<std::shared_ptr<tls_server_context>> tls_server_context::load(std::string certificate_file,
                                                                     std::string key_file) {
  std::shared_ptr<tls_server_context> out{new tls_server_context};
  out->state_->certificate_file = std::move(certificate_file);
  out->state_->key_file = std::move(key_file);
  if (const auto read = out->reload(); !read) return tl::make_unexpected(read.error());
  return out;
}

result<void> tls_server_context::reload() {
  auto fresh = server_context(state_->certificate_file, state_->key_file);
  if (!fresh) return tl::make_unexpected(fresh.error());
  const std::lock_guard lock{state_->guard};
  state_->context = std::move(*fresh);
  return {};
}

std::shared_ptr<ssl_ctx_st> tls_server_context::current() const {
  const std::lock_guard lock{state_->guard};
  return state_->context;
}

tls_client_context::tls_client_context() = default;
tls_client_context::~tls_client_context() = default;

result<std::shared_ptr<tls_client_context>> tls_client_context::make(const tls_client_files& files) {
  std::shared_ptr<tls_client_context> out{new tls_client_context};
  out->context_ = new_context(TLS_client_method());
  if (!out->context_) return refused("no TLS");
  if (files.authorities.empty()) {
    if (SSL_CTX_set_default_verify_paths(out->context_.get()) != 1) return refused("no store of certificates");
  } else if (SSL_CTX_load_verify_file(out->context_.get(), files.authorities.c_str()) != 1) {
    return refused("the authorities cannot be used");
  }
  if (!files.certificate.empty()) {
    if (const auto shown = show(out->context_.get(), files.certificate, files.key); !shown)
      return tl::make_unexpected(shown.error());
  }
  SSL_CTX_set_verify(out->context_.get(), SSL_VERIFY_PEER, nullptr);
  return out;
}

ssl_ctx_st* tls_client_context::get() const noexcept {
  return context_.get();
}

}  // namespace tonris::net
