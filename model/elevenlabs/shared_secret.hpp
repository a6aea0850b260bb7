#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/elevenlabs/signature.hpp"

namespace tonris::model::elevenlabs {

/// The vendor signs neither its initiation webhook nor a tool's request; it sends headers that its customer sets. Ours
/// are `X-Webhook-Secret: <secret>` or `Authorization: Bearer <secret>` (the scheme in any case). Values are those of
/// the headers, "" for none; one that fits is enough. Blanks around a secret are trimmed; constant time; an empty
/// secret never verifies. Verdicts: ok, no_secret, no_header (neither holds a secret), mismatch.
[[nodiscard]] signature_verdict verify_shared_secret(std::span<const std::string> secrets,
                                                     std::string_view x_webhook_secret, std::string_view authorization);

}  // namespace tonris::model::elevenlabs
