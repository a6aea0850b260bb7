#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/twilio/webhook.hpp"

namespace tonris::model::twilio {

/// Base64 of HMAC-SHA1 as X-Twilio-Signature carries it (docs/protocols/twilio.md#signatures). `fields` empty for GET,
/// JSON and WebSocket.
[[nodiscard]] std::string signature(std::string_view auth_token, std::string_view url, const form& fields);

/// The addresses a request may have been signed for. Built from configuration only; each still needs the key.
/// `origin` is the configured public origin ("https://gw.example.com[:port]"), `target` the raw path and query.
[[nodiscard]] std::vector<std::string> webhook_candidates(std::string_view origin, std::string_view target);
/// For the upgrade request of a media stream: wss first, then with a slash, with ports, and last https.
[[nodiscard]] std::vector<std::string> stream_candidates(std::string_view origin, std::string_view target);

struct signature_match {
  bool ok = false;
  std::size_t token = 0;      ///< which of the tokens
  std::size_t candidate = 0;  ///< which of the addresses
};

/// Does `given` match one of the candidates under one of the tokens? Constant time in the secret. No token: never.
/// A JSON body is checked by its bodySHA256 query parameter: see `body_hash_matches`.
[[nodiscard]] signature_match verify(std::span<const std::string> auth_tokens, std::span<const std::string> candidates,
                                     const form& fields, std::string_view given);

/// For JSON bodies: does the query's bodySHA256 equal the hash of the raw body (lower-case hex)?
[[nodiscard]] bool body_hash_matches(std::string_view target, std::string_view body);

}  // namespace tonris::model::twilio
