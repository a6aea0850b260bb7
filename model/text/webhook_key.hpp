#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tonris::model {

/// The key that a secret of Standard Webhooks holds: "whsec_" and the Base64 of 24 to 64 bytes; nothing when it is
/// none.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> webhook_key(std::string_view secret);
[[nodiscard]] bool is_webhook_key(std::string_view secret);

}  // namespace tonris::model
