#pragma once

#include <string_view>

namespace tonris::model {

/// What an Authorization field shows by the scheme Bearer, which is written in any case (RFC 9110, 11.1); "" where it
/// shows nothing, or something else. A view into it.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization) noexcept;

}  // namespace tonris::model
