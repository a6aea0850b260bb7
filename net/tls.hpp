#pragma once

#include <memory>
#include <string>

#include "net/error.hpp"

struct ssl_ctx_st;

namespace tonris::net {

/// The certificate we serve with. Reloading swaps it for connections accepted from then on; a certificate that cannot
/// be read leaves the old one in place. Any thread.
class tls_server_context {
 public:
  /// PEM files; the chain's leaf first. TLS 1.2 and 1.3.
  static result<std::shared_ptr<tls_server_context>> load(std::string certificate_file, std::string key_file);
  result<void> reload();
  [[nodiscard]] std::shared_ptr<ssl_ctx_st> current() const;

  ~tls_server_context();
  tls_server_context(const tls_server_context&) = delete;
  tls_server_context& operator=(const tls_server_context&) = delete;

 private:
  tls_server_context();
  struct state;
  std::unique_ptr<state> state_;
};

/// PEM files for servers that are not of the public kind; "" for those that are not needed.
struct tls_client_files {
  std::string authorities;  ///< in place of the system's store
  std::string certificate;  ///< ours, the leaf first, for servers that ask for one
  std::string key;          ///< of that certificate
};

/// For servers we call: the chain is verified against the system's store (SSL_CERT_FILE and SSL_CERT_DIR honoured) or
/// the authorities that are given, and the host name (or address) against the certificate. There is no switch that
/// turns this off. Any thread.
class tls_client_context {
 public:
  static result<std::shared_ptr<tls_client_context>> make(const tls_client_files& files = {});
  [[nodiscard]] ssl_ctx_st* get() const noexcept;

  ~tls_client_context();
  tls_client_context(const tls_client_context&) = delete;
  tls_client_context& operator=(const tls_client_context&) = delete;

 private:
  tls_client_context();
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace tonris::net
