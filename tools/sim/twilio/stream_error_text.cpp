#include "tools/sim/twilio/stream_error_text.hpp"

namespace tonris::sim {

std::string stream_error_text(const net::error& why) {
  switch (why.code) {
    case net::errc::handshake_refused:
    case net::errc::handshake_timeout: return "31920 - Stream - WebSocket - Handshake Error";
    case net::errc::connect_refused: return "31902 - Stream - Connection Refused";
    case net::errc::no_descriptors: break;
    case net::errc::connect_timeout: return "31901 - Stream - Connection Timeout";
    case net::errc::tls_failed:
    case net::errc::certificate_refused: return "31910 - Stream - SSL Error";
    case net::errc::resolve_failed: return "31904 - Stream - Host Unreachable";
    case net::errc::read_timeout:
    case net::errc::idle_timeout:
    case net::errc::reset:
    case net::errc::closed:
    case net::errc::protocol_error:
    case net::errc::not_text:
    case net::errc::bad_utf8:
    case net::errc::too_big:
    case net::errc::slow_peer:
    case net::errc::aborted:
    case net::errc::internal:
    case net::errc::bad_url:
    case net::errc::address_refused: break;
  }
  return "31900 - Stream - Unknown Error";
}

}  // namespace tonris::sim
