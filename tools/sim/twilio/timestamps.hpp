#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::sim {

/// Times as Twilio writes them, in whole seconds: of calls, and of its streams' callbacks.
[[nodiscard]] std::string rfc2822_time(std::chrono::system_clock::time_point at);
[[nodiscard]] std::string stream_time(std::chrono::system_clock::time_point at);

/// As its lists take them: "2026-10-02", or with a time of that day: "2026-10-02T11:00:01Z".
struct asked_time {
  std::chrono::system_clock::time_point from, to;  ///< the day, or the second; `to` is no more in it
};
[[nodiscard]] std::optional<asked_time> parse_asked_time(std::string_view text);

}  // namespace tonris::sim
