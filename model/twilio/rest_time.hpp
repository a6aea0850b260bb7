#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tonris::model::twilio {

/// A time as the REST API writes it, RFC 2822's, always in GMT, which it calls "+0000": "Fri, 02 Oct 2026 11:00:01
/// +0000". Nothing: it is none.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_rest_time(std::string_view text);

}  // namespace tonris::model::twilio
