#include "model/elevenlabs/signature.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>

#include "model/text/ascii.hpp"
#include "model/text/hex.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr std::size_t max_elements = 8;
constexpr std::size_t max_time_digits = 12;  // the year 33658: enough, and far from overflow
constexpr std::size_t digest_bytes = 32;

struct free_mac {
  void operator()(EVP_MAC* m) const noexcept { EVP_MAC_free(m); }
  void operator()(EVP_MAC_CTX* c) const noexcept { EVP_MAC_CTX_free(c); }
};

const unsigned char* octets(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// In parts, so that a recording of 50 MiB is not copied behind its time. Fails only without memory.
std::string hmac_hex(std::string_view secret, std::string_view time, std::string_view body) {
  static const std::unique_ptr<EVP_MAC, free_mac> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  const std::unique_ptr<EVP_MAC_CTX, free_mac> context(algorithm ? EVP_MAC_CTX_new(algorithm.get()) : nullptr);
  std::array<char, 7> digest_name{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0), OSSL_PARAM_construct_end()};
  const std::string_view key = secret.empty() ? std::string_view{""} : secret;  // a null key would mean: the old one
  std::array<unsigned char, digest_bytes> digest{};
  std::size_t length = 0;
  const bool done = context && EVP_MAC_init(context.get(), octets(key), key.size(), parameters.data()) == 1 &&
                    EVP_MAC_update(context.get(), octets(time), time.size()) == 1 &&
                    EVP_MAC_update(context.get(), octets("."), 1) == 1 &&
                    EVP_MAC_update(context.get(), octets(body), body.size()) == 1 &&
                    EVP_MAC_final(context.get(), digest.data(), &length, digest.size()) == 1;
  if (!done || length != digest.size()) throw std::bad_alloc();
  return to_hex(digest);
}

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

// Looks at every candidate in full: how long it takes says nothing about which was close.
bool any_matches(const signature_header& header, std::string_view expected) noexcept {
  bool found = false;
  for (std::size_t i = 0; i < header.candidate_count; ++i) {
    const auto candidate = header.candidates[i];
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

signature_check verify_signature(std::string_view secret, std::string_view header, std::string_view body,
                                 std::int64_t now_unix_seconds) {
  if (secret.empty()) return signature_check::no_secret;
  if (trimmed(header).empty()) return signature_check::no_header;
  const auto parsed = parse_header(header);
  if (!parsed) return signature_check::malformed;
  // The time is small and not negative, so it is moved instead of the clock's: no overflow for any clock.
  if (now_unix_seconds > parsed->time + max_signature_age_seconds) return signature_check::too_old;
  if (now_unix_seconds < parsed->time - max_signature_lead_seconds) return signature_check::in_the_future;
  if (!any_matches(*parsed, hmac_hex(secret, parsed->time_text, body))) return signature_check::mismatch;
  return signature_check::ok;
}

std::string sign(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
  const auto time = std::to_string(unix_seconds);
  return "t=" + time + ",v0=" + hmac_hex(secret, time, body);
}

}  // namespace tonris::model::elevenlabs
