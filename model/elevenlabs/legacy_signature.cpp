#include "model/elevenlabs/legacy_signature.hpp"

#include <algorithm>

#include "model/text/hex.hpp"
#include "model/text/secrets.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model::elevenlabs {

signature_verdict verify_legacy_signature(std::span<const std::string> secrets, std::string_view header,
                                          std::string_view signed_text) {
  if (std::all_of(secrets.begin(), secrets.end(), [](const auto& secret) { return secret.empty(); }))
    return {signature_check::no_secret};
  const auto given = trimmed(header);
  if (given.empty()) return {signature_check::no_header};
  signature_verdict verdict;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    if (secrets[i].empty()) continue;
    if (equal_secret(given, legacy_sign(secrets[i], signed_text)) && !verdict.ok()) verdict = {signature_check::ok, i};
  }
  return verdict;
}

std::string legacy_sign(std::string_view secret, std::string_view signed_text) {
  running_hmac_sha256 mac{secret};
  mac.update(signed_text);
  return to_hex(mac.finish());
}

}  // namespace tonris::model::elevenlabs
