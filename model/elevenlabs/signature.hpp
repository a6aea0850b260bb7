#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tonris::model::elevenlabs {

enum class signature_check : std::uint8_t { ok, no_secret, no_header, malformed, too_old, in_the_future, mismatch };
[[nodiscard]] std::string_view to_string(signature_check c) noexcept;

inline constexpr std::int64_t max_signature_age_seconds = 30 * 60;
inline constexpr std::int64_t max_signature_lead_seconds = 5 * 60;

/// `ElevenLabs-Signature: t=<unix seconds>,v0=<hex>` over `t.body` (docs/protocols/elevenlabs.md#signed-callbacks).
/// Stricter than the vendor's SDK: integer t, future limit, trimmed elements, any of several v0, at most 8 elements,
/// constant-time compare. An empty secret never verifies.
[[nodiscard]] signature_check verify_signature(std::string_view secret, std::string_view header, std::string_view body,
                                               std::int64_t now_unix_seconds);
[[nodiscard]] std::string sign(std::string_view secret, std::int64_t unix_seconds, std::string_view body);

}  // namespace tonris::model::elevenlabs
