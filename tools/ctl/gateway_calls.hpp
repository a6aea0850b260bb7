#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/settings.hpp"
#include "model/call/record.hpp"
#include "model/call/timeline.hpp"
#include "model/text/ids.hpp"

namespace tonris::ctl {

/// A gateway that runs, and the word that opens its administration.
struct gateway {
  std::string origin;  ///< "http://127.0.0.1:3000"
  config::secret token;
};

using lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// The one at `url`, or where it is "" the one that ADMIN_PORT, else PORT, TLS_CERT_FILE and ADMIN_TOKEN speak of: in
/// the environment, else in `env_file` (the text of `.env`). An error is one line, without the token.
[[nodiscard]] tl::expected<gateway, std::string> find_gateway(std::string_view url, const lookup& environment,
                                                              std::string_view env_file);

/// What that gateway knows of a call; nothing: it does not know the call. Both block, at most for `patience`. An error
/// is one line, without the token.
[[nodiscard]] tl::expected<std::vector<model::timeline_event>, std::string> events_from(
    const gateway& of, const model::call_sid& call, std::chrono::milliseconds patience);
[[nodiscard]] tl::expected<std::optional<model::call_record>, std::string> record_from(
    const gateway& of, const model::call_sid& call, std::chrono::milliseconds patience);

}  // namespace tonris::ctl
