#include "model/elevenlabs/shared_secret.hpp"

#include <algorithm>

#include "model/text/bearer.hpp"
#include "model/text/secrets.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model::elevenlabs {

signature_verdict verify_shared_secret(std::span<const std::string> secrets, std::string_view x_webhook_secret,
                                       std::string_view authorization) {
  if (std::all_of(secrets.begin(), secrets.end(), [](const auto& secret) { return secret.empty(); }))
    return {signature_check::no_secret};
  const auto own = trimmed(x_webhook_secret), bearer = bearer_token(authorization);
  if (own.empty() && bearer.empty()) return {signature_check::no_header};
  signature_verdict verdict;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    const bool by_own = equal_secret(own, secrets[i]), by_bearer = equal_secret(bearer, secrets[i]);
    if ((by_own || by_bearer) && !verdict.ok()) verdict = {signature_check::ok, i};
  }
  return verdict;
}

}  // namespace tonris::model::elevenlabs
