#include "model/text/webhook_signature.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "model/text/ascii.hpp"
#include "model/text/base64.hpp"
#include "model/text/hmac.hpp"
#include "model/text/secrets.hpp"
#include "model/text/webhook_key.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_signatures = 8, max_time_digits = 12;

std::string signature_of(std::span<const std::uint8_t> key, std::string_view id, std::string_view timestamp,
                         std::string_view body) {
  std::string text;
  text.reserve(id.size() + timestamp.size() + body.size() + 2);
  text.append(id).append(".").append(timestamp).append(".").append(body);
  return "v1," + to_base64(hmac_sha256(key, text));
}

std::optional<std::int64_t> read_time(std::string_view text) noexcept {
  if (text.empty() || text.size() > max_time_digits || !std::all_of(text.begin(), text.end(), is_digit))
    return std::nullopt;
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds;
}

/// Looks at every one: how long it takes says nothing about which was close.
bool any_is(std::string_view signatures, std::string_view expected) noexcept {
  bool found = false;
  for (std::size_t n = 0; n < max_signatures && !signatures.empty(); ++n) {
    const auto end = std::min(signatures.find(' '), signatures.size());
    found = equal_secret(signatures.substr(0, end), expected) || found;
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return found;
}

}  // namespace

std::vector<std::uint8_t> signing_key_of(std::string_view secret) {
  if (auto key = webhook_key(secret)) return *std::move(key);
  return {secret.begin(), secret.end()};
}

std::string sign_webhook(std::span<const std::uint8_t> key, std::string_view id, std::int64_t unix_seconds,
                         std::string_view body) {
  return signature_of(key, id, std::to_string(unix_seconds), body);
}

webhook_check verify_webhook(std::span<const std::uint8_t> key, std::string_view id, std::string_view timestamp,
                             std::string_view signatures, std::string_view body, std::int64_t now_unix_seconds) {
  if (key.empty()) return webhook_check::no_key;
  if (id.empty() || timestamp.empty() || signatures.empty()) return webhook_check::no_header;
  const auto time = read_time(timestamp);
  if (!time || id.find('.') != std::string_view::npos) return webhook_check::malformed;
  if (now_unix_seconds > *time + webhook_tolerance_seconds) return webhook_check::too_old;
  if (now_unix_seconds < *time - webhook_tolerance_seconds) return webhook_check::in_the_future;
  return any_is(signatures, signature_of(key, id, timestamp, body)) ? webhook_check::ok : webhook_check::mismatch;
}

std::string_view to_string(webhook_check check) noexcept {
  switch (check) {
    case webhook_check::ok: return "ok";
    case webhook_check::no_key: return "no_key";
    case webhook_check::no_header: return "no_header";
    case webhook_check::malformed: return "malformed";
    case webhook_check::too_old: return "too_old";
    case webhook_check::in_the_future: return "in_the_future";
    case webhook_check::mismatch: return "mismatch";
  }
  return "mismatch";
}

}  // namespace tonris::model
