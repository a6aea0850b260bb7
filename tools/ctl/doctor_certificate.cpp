/// The doctor's look at the certificate that the public address shows, and at the files that the gateway would show.
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fcntl.h>
#include <cerrno>
#include <ctime>
#include <memory>
#include <utility>

#include "model/doctor/certificate.hpp"
#include "model/text/address.hpp"
#include "net/tls.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {

namespace {

namespace doctor = model::doctor;
using verdict = doctor::certificate_facts::verdict;
using std::chrono::milliseconds;

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  const int fd_;
};

struct addresses_free {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

bool waits_for(int fd, short what, milliseconds patience) {
  pollfd one{fd, what, 0};
  return ::poll(&one, 1, static_cast<int>(patience.count())) == 1;
}

/// A connection to one of the host's addresses, with time limits on reads and writes; -1: there is none.
int connect_to(const std::string& host, const std::string& port, milliseconds patience) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) return -1;
  const std::unique_ptr<addrinfo, addresses_free> list{found};
  for (const auto* one = found; one != nullptr; one = one->ai_next) {
    const int fd = ::socket(one->ai_family, one->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, one->ai_protocol);
    if (fd < 0) continue;
    int failed = ::connect(fd, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
    if (failed == EINPROGRESS && waits_for(fd, POLLOUT, patience)) {
      socklen_t size = sizeof failed;
      if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) != 0) failed = errno;
    }
    if (failed == 0) return fd;
    ::close(fd);
  }
  return -1;
}

/// The handshake, whatever the certificate is.
bool shake_hands(SSL* ssl, int fd, const remaining_time& time) {
  for (;;) {
    const int done = SSL_connect(ssl);
    if (done == 1) return true;
    const int wants = SSL_get_error(ssl, done);
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) return false;
    if (!waits_for(fd, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, time.for_one())) return false;
  }
}

verdict verdict_of(long result) {
  switch (result) {
    case X509_V_OK: return verdict::good;
    case X509_V_ERR_CERT_HAS_EXPIRED: return verdict::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID: return verdict::not_yet;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return verdict::of_another;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return verdict::self_signed;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return verdict::incomplete;
    default: return verdict::refused;
  }
}

std::int64_t days_until_end(const X509* certificate) {
  int days = 0, seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate));
  return days;
}

struct ssl_free {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

/// The gravest is what counts: OpenSSL goes on after each, and remembers the last.
int remember_first(int is_good, X509_STORE_CTX* store) {
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const first = static_cast<long*>(SSL_get_app_data(ssl));
  if (is_good == 0 && first != nullptr && *first == X509_V_OK) *first = X509_STORE_CTX_get_error(store);
  return 1;
}

doctor::certificate_facts unseen(std::string host, std::string why) {
  return {std::move(host), verdict::unseen, std::move(why), 0, 0};
}

doctor::certificate_facts ask_for_certificate(const std::string& host, const std::string& port, bool is_name,
                                              const remaining_time& time) {
  const descriptor to{connect_to(host, port, time.for_one())};
  if (to.get() < 0) return unseen(host, "it cannot be reached");
  const std::unique_ptr<SSL_CTX, ssl_free> context{SSL_CTX_new(TLS_client_method())};
  if (!context || SSL_CTX_set_default_verify_paths(context.get()) != 1) return unseen(host, "no TLS here");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, remember_first);
  const std::unique_ptr<SSL, ssl_free> ssl{SSL_new(context.get())};
  if (!ssl) return unseen(host, "no TLS here");
  long first = X509_V_OK;
  SSL_set_app_data(ssl.get(), &first);
  SSL_set_fd(ssl.get(), to.get());
  if (is_name) {
    SSL_set_tlsext_host_name(ssl.get(), host.c_str());
    SSL_set1_host(ssl.get(), host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str());
  }
  const bool done = shake_hands(ssl.get(), to.get(), time);
  ERR_clear_error();
  const auto* const certificate = SSL_get0_peer_certificate(ssl.get());
  if (!done || certificate == nullptr) return unseen(host, "no TLS handshake came of it");
  const auto* const chain = SSL_get_peer_cert_chain(ssl.get());
  const auto is = verdict_of(first);
  return {host, is, is == verdict::good ? "" : X509_verify_cert_error_string(first), days_until_end(certificate),
          chain == nullptr ? 0 : static_cast<std::size_t>(sk_X509_num(chain))};
}

void look_at_files(const patient& p, findings& all) {
  const auto& s = p.settings;
  if (s.tls_cert_file.empty() || s.tls_key_file.empty()) return;
  const auto loaded = net::tls_server_context::load(s.tls_cert_file, s.tls_key_file);
  if (!loaded) all.push_back(doctor::found("certificate_files_unusable", {{"why", loaded.error().detail}}));
}

}  // namespace

findings look_at_certificate(const patient& p, const remaining_time& time) {
  findings all;
  look_at_files(p, all);
  const auto read = model::read_address(p.settings.app_base_url);
  if (!read || read->scheme != "https") return all;
  // A name is asked for, and a connection made, in a time that is bounded, before OpenSSL is let at it.
  using reached = doctor::reach::outcome;
  const auto web = web_asker::make();
  const auto met =
      web ? (*web)->ask("GET", p.settings.app_base_url + "/health", {}, "", time.for_one()) : doctor::reach{};
  const std::string host{read->host};
  if (met.is == reached::no_name || met.is == reached::unreachable) {
    for (auto& one : judge(unseen(host, met.why))) all.push_back(std::move(one));
    return all;
  }
  const auto port = read->has_port ? std::string{read->port_text} : "443";
  for (auto& one : judge(ask_for_certificate(host, port, read->kind == model::host_kind::name, time)))
    all.push_back(std::move(one));
  return all;
}

}  // namespace tonris::ctl
