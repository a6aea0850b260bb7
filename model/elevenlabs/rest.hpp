#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::elevenlabs {

/// Path and query of the signed-URL request (docs/protocols/elevenlabs.md#signed-address); the agent id is
/// percent-encoded.
[[nodiscard]] std::string signed_url_target(const model::agent_id& agent);

struct signed_url {
  std::string url;                      ///< dial verbatim, once, within 15 minutes
  model::conversation_id conversation;  ///< "" unless the answer names one
};
/// Answers up to 64 KiB. The url has to be ws:// or wss:// in visible ASCII (else bad_field): it goes into a request
/// line.
[[nodiscard]] decoded<signed_url> decode_signed_url(std::string_view body);

/// What of an agent's settings decides how its conversation is resumed and watched
/// (docs/protocols/elevenlabs.md#an-agents-settings).
struct agent_policy {
  bool may_override_first_message = false;
  bool sends_transcripts = true;  ///< user_transcript is among its client events, or the list is unset
};
/// Path of the request for an agent's settings; the agent id is percent-encoded.
[[nodiscard]] std::string agent_target(const model::agent_id& agent);
/// Answers up to 4 MiB. What is missing or null has the service's default: no override allowed, transcripts sent. What
/// is of another type is a bad_field.
[[nodiscard]] decoded<agent_policy> decode_agent_policy(std::string_view body);

/// Path of the request for what the vendor knows of a conversation (post_call.hpp); the id is percent-encoded.
[[nodiscard]] std::string conversation_target(const model::conversation_id& conversation);

/// An error answer in any of its four shapes (docs/protocols/elevenlabs.md#errors). Never fails: what is unreadable has
/// empty texts.
struct rest_error {
  std::string code;     ///< one word, e.g. invalid_api_key, agent_not_found; "" when unreadable
  std::string message;  ///< one line of at most 300 bytes
};
[[nodiscard]] rest_error decode_error(std::string_view body);

/// What an HTTP status of the vendor means for a call. The code wins where the legacy API says it with another status
/// (quota_exceeded with 401). Any status that is no refusal is the server's fault.
enum class vendor_refusal : std::uint8_t { auth, payment, not_found, rejected, busy, server };
[[nodiscard]] vendor_refusal classify(unsigned http_status, const rest_error& error) noexcept;

}  // namespace tonris::model::elevenlabs
