#include "net/tls_stream.hpp"

#include <unistd.h>

#include <utility>

namespace tonris::net {
namespace {

void refuse(loop& on, int descriptor, tls_done done) {
  ::close(descriptor);
  on.post([done = std::move(done)] { done(tl::make_unexpected(error{errc::tls_failed, "TLS is not spoken yet", 0})); });
}

}  // namespace

void accept_tls(loop& on, int descriptor, const tls_server_context&, std::chrono::milliseconds, tls_done done) {
  refuse(on, descriptor, std::move(done));
}

tls_cancel connect_tls(loop& on, int descriptor, const tls_client_context&, const std::string&,
                       std::chrono::milliseconds, tls_done done) {
  refuse(on, descriptor, std::move(done));
  return [] {};
}

}  // namespace tonris::net
