#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/settings.hpp"
#include "net/http.hpp"
#include "tools/ctl/refusal.hpp"
#include "tools/ctl/setting.hpp"

namespace tonris::ctl {

/// A gateway that runs, and the word that opens its administration.
struct gateway {
  std::string origin;  ///< "http://127.0.0.1:3000"
  config::secret token;
};

/// The one at `url`, or where it is "" the one that ADMIN_PORT, else PORT, TLS_CERT_FILE and ADMIN_TOKEN speak of: in
/// the environment, else in `env_file` (the text of `.env`). An error is one line, without the token.
[[nodiscard]] tl::expected<gateway, std::string> find_gateway(std::string_view url, const lookup& environment,
                                                              std::string_view env_file);

struct gateway_refusal {
  std::string line;      ///< one, without the token
  bool is_down = false;  ///< nobody answers
};
/// What it answers, whatever that is, but for what means the token. A body is JSON. `request`: its X-Request-Id, by
/// which the gateway knows one that is asked again; "": it gets one there. Blocks, at most for `patience`.
[[nodiscard]] tl::expected<net::http_response, gateway_refusal> ask_gateway(const gateway& of, std::string_view method,
                                                                            const std::string& path, std::string body,
                                                                            std::chrono::milliseconds patience,
                                                                            const std::string& request = {});

/// The same where its status is `expected`; an error: why there is none, or what another one says is wrong.
[[nodiscard]] tl::expected<net::http_response, refusal> ask_for(const gateway& of, std::string_view method,
                                                                const std::string& path, std::string body,
                                                                unsigned expected, std::chrono::milliseconds patience);

/// The same of what must be done once: asked once more where no answer came, by the same X-Request-Id.
[[nodiscard]] tl::expected<net::http_response, refusal> ask_once_for(const gateway& of, std::string_view method,
                                                                     const std::string& path, const std::string& body,
                                                                     unsigned expected,
                                                                     std::chrono::milliseconds patience);

/// "The gateway at http://127.0.0.1:3000"
[[nodiscard]] std::string name_of(const gateway& of);

/// What such an answer says is wrong, in its own words where they can be read.
[[nodiscard]] refusal complaint(const gateway& of, unsigned status, std::string_view body);

}  // namespace tonris::ctl
