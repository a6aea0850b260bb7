#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "model/doctor/reach.hpp"
#include "net/http_client.hpp"
#include "net/websocket_client.hpp"
#include "tools/ctl/stream_visit.hpp"

namespace tonris::ctl {

/// Asks web servers, with a loop of its own. Blocks, each time at most for `patience`. One thread at a time.
class web_asker {
 public:
  /// An error: this machine has no TLS.
  [[nodiscard]] static tl::expected<std::unique_ptr<web_asker>, std::string> make();
  ~web_asker();
  web_asker(const web_asker&) = delete;
  web_asker& operator=(const web_asker&) = delete;

  [[nodiscard]] net::result<net::http_response> send(const std::string& url, net::http_request request,
                                                     std::chrono::milliseconds patience);
  /// The same, for the doctor.
  [[nodiscard]] model::doctor::reach ask(std::string_view method, const std::string& url,
                                         const net::http_fields& fields, std::string body,
                                         std::chrono::milliseconds patience);

  /// What came of opening a WebSocket there: 101, the status that refused it, or 0 and why there is none.
  struct handshake {
    unsigned status = 0;
    std::string why;
  };
  [[nodiscard]] handshake open_websocket(const std::string& url, const net::http_fields& fields,
                                         std::chrono::milliseconds patience);
  /// Opens one whose other end sends everything back, and tries the plan. Blocks until that is over.
  [[nodiscard]] model::doctor::echo_facts visit_stream(const std::string& url, const net::http_fields& fields,
                                                       const stream_plan& plan);

 private:
  web_asker() = default;

  std::shared_ptr<net::tls_client_context> tls_;
  net::loop io_{"tonrisctl"};
  std::unique_ptr<net::http_client> client_;  ///< loop thread only
};

}  // namespace tonris::ctl
