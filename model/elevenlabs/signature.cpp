#include "model/elevenlabs/signature.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "model/text/ascii.hpp"
#include "model/text/hex.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr std::size_t max_elements = 8;
constexpr std::size_t max_time_digits = 12;  // the year 33658: enough, and far from overflow

struct signature_header {
  std::string_view time_text;  // signed as it was written
  std::int64_t time = 0;
  std::array<std::string_view, max_elements> candidates{};
  std::size_t candidate_count = 0;
};

std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
  if (text.empty() || text.size() > max_time_digits || !std::all_of(text.begin(), text.end(), is_digit)) return {};
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds;
}

// Takes one element in; false when the header can be nobody's. Unknown elements are the vendor's future.
bool accept_element(std::string_view element, signature_header& header) noexcept {
  if (element.starts_with("v0=")) {
    header.candidates[header.candidate_count++] = element.substr(3);
    return true;
  }
  if (!element.starts_with("t=")) return true;
  if (!header.time_text.empty()) return false;
  const auto time = parse_time(element.substr(2));
  if (!time) return false;
  header.time_text = element.substr(2);
  header.time = *time;
  return true;
}

std::optional<signature_header> parse_header(std::string_view text) noexcept {
  signature_header header;
  for (std::size_t elements = 1;; ++elements) {
    if (elements > max_elements) return {};
    const auto comma = text.find(',');
    if (!accept_element(trimmed(text.substr(0, comma)), header)) return {};
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (header.time_text.empty() || header.candidate_count == 0) return {};
  return header;
}

signature_check check_time(std::int64_t signed_at, std::int64_t now) noexcept {
  // The signed time is small and not negative, so it is moved instead of the clock's: no overflow for any clock.
  if (now > signed_at + max_signature_age_seconds) return signature_check::too_old;
  if (now < signed_at - max_signature_lead_seconds) return signature_check::in_the_future;
  return signature_check::ok;
}

// Looks at every candidate in full: how long it takes says nothing about which was close.
bool any_matches(std::span<const std::string> candidates, std::string_view expected) noexcept {
  bool found = false;
  for (const auto& candidate : candidates) {
    if (candidate.size() != expected.size()) continue;
    if (CRYPTO_memcmp(candidate.data(), expected.data(), expected.size()) == 0) found = true;
  }
  return found;
}

}  // namespace

std::string_view to_string(signature_check c) noexcept {
  switch (c) {
    case signature_check::ok: return "ok";
    case signature_check::no_secret: return "no_secret";
    case signature_check::no_header: return "no_header";
    case signature_check::malformed: return "malformed";
    case signature_check::too_old: return "too_old";
    case signature_check::in_the_future: return "in_the_future";
    case signature_check::mismatch: return "mismatch";
  }
  return "";
}

signature_verifier::signature_verifier(std::span<const std::string> secrets, std::string_view header,
                                       std::int64_t now_unix_seconds) {
  if (std::all_of(secrets.begin(), secrets.end(), [](const auto& secret) { return secret.empty(); })) {
    so_far_ = signature_check::no_secret;
    return;
  }
  if (trimmed(header).empty()) {
    so_far_ = signature_check::no_header;
    return;
  }
  const auto parsed = parse_header(header);
  so_far_ = parsed ? check_time(parsed->time, now_unix_seconds) : signature_check::malformed;
  if (so_far_ != signature_check::ok) return;
  for (std::size_t i = 0; i < parsed->candidate_count; ++i) candidates_.emplace_back(parsed->candidates[i]);
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    if (secrets[i].empty()) continue;
    macs_.push_back({i, running_hmac_sha256{secrets[i]}});
    macs_.back().running.update(parsed->time_text);
    macs_.back().running.update(".");
  }
}

void signature_verifier::update(std::string_view piece) {
  for (auto& mac : macs_) mac.running.update(piece);
}

signature_verdict signature_verifier::finish() {
  if (so_far_ != signature_check::ok) return {so_far_};
  signature_verdict verdict;
  for (auto& mac : macs_) {
    if (any_matches(candidates_, to_hex(mac.running.finish())) && !verdict.ok())
      verdict = {signature_check::ok, mac.secret};
  }
  return verdict;
}

signature_verdict verify_signature(std::span<const std::string> secrets, std::string_view header, std::string_view body,
                                   std::int64_t now_unix_seconds) {
  signature_verifier verifier{secrets, header, now_unix_seconds};
  verifier.update(body);
  return verifier.finish();
}

std::string sign(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
  const auto time = std::to_string(unix_seconds);
  running_hmac_sha256 mac{secret};
  mac.update(time);
  mac.update(".");
  mac.update(body);
  return "t=" + time + ",v0=" + to_hex(mac.finish());
}

}  // namespace tonris::model::elevenlabs
