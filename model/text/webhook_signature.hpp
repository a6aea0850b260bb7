#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {

/// Standard Webhooks 1.0.0 (standardwebhooks.com), which signs what we send to tenants: their webhooks and the tool
/// calls that are forwarded to them. Headers `webhook-id`, `webhook-timestamp` (unix seconds) and `webhook-signature`:
/// "v1," and the Base64 of HMAC-SHA256 over id, ".", timestamp, ".", body.
inline constexpr std::string_view webhook_id_header = "webhook-id";
inline constexpr std::string_view webhook_timestamp_header = "webhook-timestamp";
inline constexpr std::string_view webhook_signature_header = "webhook-signature";
inline constexpr std::int64_t webhook_tolerance_seconds = 5 * 60;

/// The key that a secret stands for: the bytes that "whsec_…" holds, or of any other text the text itself (the keys of
/// tools may be any word).
[[nodiscard]] std::vector<std::uint8_t> signing_key_of(std::string_view secret);

/// The value of `webhook-signature`. The id has no "." in it, or somebody else's text could be signed with it. Copies
/// the body once: it is to be bounded.
[[nodiscard]] std::string sign_webhook(std::span<const std::uint8_t> key, std::string_view id,
                                       std::int64_t unix_seconds, std::string_view body);

enum class webhook_check : std::uint8_t { ok, no_key, no_header, malformed, too_old, in_the_future, mismatch };
[[nodiscard]] std::string_view to_string(webhook_check check) noexcept;
/// As a receiver does it: any of up to 8 signatures in the header may be the one (while keys rotate), unknown versions
/// are skipped, the time is within the tolerance both ways, comparison in constant time. An empty key verifies nothing.
[[nodiscard]] webhook_check verify_webhook(std::span<const std::uint8_t> key, std::string_view id,
                                           std::string_view timestamp, std::string_view signatures,
                                           std::string_view body, std::int64_t now_unix_seconds);

}  // namespace tonris::model
