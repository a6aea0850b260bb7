#include "net/error.hpp"

namespace tonris::net {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::resolve_failed: return "resolve_failed";
    case errc::connect_refused: return "connect_refused";
    case errc::no_descriptors: return "no_descriptors";
    case errc::connect_timeout: return "connect_timeout";
    case errc::tls_failed: return "tls_failed";
    case errc::certificate_refused: return "certificate_refused";
    case errc::handshake_refused: return "handshake_refused";
    case errc::handshake_timeout: return "handshake_timeout";
    case errc::read_timeout: return "read_timeout";
    case errc::idle_timeout: return "idle_timeout";
    case errc::reset: return "reset";
    case errc::closed: return "closed";
    case errc::protocol_error: return "protocol_error";
    case errc::not_text: return "not_text";
    case errc::bad_utf8: return "bad_utf8";
    case errc::too_big: return "too_big";
    case errc::slow_peer: return "slow_peer";
    case errc::aborted: return "aborted";
    case errc::internal: return "internal";
    case errc::bad_url: return "bad_url";
    case errc::address_refused: return "address_refused";
  }
  return "unknown";
}

std::string in_words(const error& why) {
  return why.detail.empty() ? std::string{to_string(why.code)} : why.detail;
}

}  // namespace tonris::net
