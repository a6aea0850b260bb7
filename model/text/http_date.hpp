#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tonris::model {

/// The Date field of HTTP as it is written today: "Sun, 29 Nov 2026 10:00:00 GMT"; nothing: it is none.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept;

}  // namespace tonris::model
