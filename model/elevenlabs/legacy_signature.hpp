#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/elevenlabs/signature.hpp"

namespace tonris::model::elevenlabs {

/// `X-ElevenLabs-Signature: <64 lower-case hex digits>` of the gateway's predecessor: HMAC-SHA-256 over the raw body;
/// of a request without one, over the query behind its '?'. There is no time in it: whoever saw one request can repeat
/// it for ever, so it is for tenants that ask for it. The vendor never sends it. Constant time, several secrets, blanks
/// around it trimmed; an empty secret never verifies. Verdicts: ok, no_secret, no_header, mismatch.
[[nodiscard]] signature_verdict verify_legacy_signature(std::span<const std::string> secrets, std::string_view header,
                                                        std::string_view signed_text);

/// The header's value.
[[nodiscard]] std::string legacy_sign(std::string_view secret, std::string_view signed_text);

}  // namespace tonris::model::elevenlabs
