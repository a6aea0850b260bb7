#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/hmac.hpp"

namespace tonris::model::elevenlabs {

enum class signature_check : std::uint8_t { ok, no_secret, no_header, malformed, too_old, in_the_future, mismatch };
[[nodiscard]] std::string_view to_string(signature_check c) noexcept;

struct signature_verdict {
  signature_check check = signature_check::mismatch;
  std::size_t secret = 0;  ///< when ok: the index of the secret that signed, as the secrets were given
  [[nodiscard]] bool ok() const noexcept { return check == signature_check::ok; }
  bool operator==(const signature_verdict&) const = default;
};

inline constexpr std::int64_t max_signature_age_seconds = 30 * 60;
inline constexpr std::int64_t max_signature_lead_seconds = 5 * 60;

/// `ElevenLabs-Signature: t=<unix seconds>,v0=<hex>` over `t.body` (docs/protocols/elevenlabs.md#signed-callbacks), of
/// a body that comes in pieces: of these nothing is kept. Stricter than the vendor's SDK: integer t, future limit,
/// trimmed elements, any of several v0, at most 8 elements, constant-time compare. While secrets are rotated several
/// are given: each costs one MAC over the whole body, so whoever gives them bounds them. An empty secret never
/// verifies. The age is that at the body's beginning: a long one may take its time. Not thread-safe; throws
/// std::bad_alloc only.
class signature_verifier {
 public:
  /// `header` is the header's value, "" when there was none; `now` is in Unix seconds.
  signature_verifier(std::span<const std::string> secrets, std::string_view header, std::int64_t now_unix_seconds);

  /// What can be said before the body: ok means that it may still verify, all else is final and the body may be left
  /// unread.
  [[nodiscard]] signature_check so_far() const noexcept { return so_far_; }
  /// The next piece of the raw body, of any size.
  void update(std::string_view piece);
  /// The body is whole. Once.
  [[nodiscard]] signature_verdict finish();

 private:
  struct secret_mac {
    std::size_t secret;
    running_hmac_sha256 running;
  };
  signature_check so_far_ = signature_check::ok;
  std::vector<std::string> candidates_;
  std::vector<secret_mac> macs_;
};

/// The same of a body that is at hand.
[[nodiscard]] signature_verdict verify_signature(std::span<const std::string> secrets, std::string_view header,
                                                 std::string_view body, std::int64_t now_unix_seconds);

/// The header's value that the vendor would send.
[[nodiscard]] std::string sign(std::string_view secret, std::int64_t unix_seconds, std::string_view body);

}  // namespace tonris::model::elevenlabs
