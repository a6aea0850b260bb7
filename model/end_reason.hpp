#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tonris::model {

/// Every reason a call can end, the same in the record, the logs and the metrics. Refused calls have one too.
enum class end_reason : std::uint8_t {
  // the ordinary ends
  caller_hung_up,
  agent_ended,
  operator_hung_up,
  max_duration,
  // refused at the webhook
  unknown_number,
  tenant_suspended,
  no_agent,
  node_full,
  registry_down,
  // the agent's side
  agent_auth_failed,     ///< our API key was refused (401, 403)
  agent_not_found,       ///< 404: the vendor does not know the agent
  agent_out_of_credit,   ///< 402, or the quota text on close
  agent_busy,            ///< 429: the vendor's concurrency or rate limit, or its queue timed out
  agent_refused,         ///< another 4xx, or close 1008: a retry would be refused as well
  agent_unreachable,     ///< name, TCP, TLS, handshake or 5xx
  agent_timeout,         ///< no answer, no metadata in time
  agent_lost,            ///< the conversation broke after it had begun
  agent_protocol_error,  ///< what the vendor sent was no conversation
  agent_audio_unknown,   ///< an audio format nobody knows, or something that is no audio
  // the caller's side
  stream_never_came,      ///< no stream within the set-up time
  stream_protocol_error,  ///< garbage, wrong order, oversize, or a start for another call
  stream_audio_unknown,   ///< a stream that is not mu-law 8 kHz mono
  stream_lost,            ///< the stream broke without a stop
  // us
  slow_agent,   ///< the agent's socket did not take our audio
  slow_caller,  ///< the caller's socket did not take our audio
  shutdown,
  internal_error,
};
inline constexpr std::size_t end_reason_count = static_cast<std::size_t>(end_reason::internal_error) + 1;

/// Who brought it about.
enum class caused_by : std::uint8_t { caller, agent, tenant, vendor, network, gateway, operators };

[[nodiscard]] std::string_view to_string(end_reason r) noexcept;  ///< "caller_hung_up": records, metrics
[[nodiscard]] std::string_view to_string(caused_by c) noexcept;
[[nodiscard]] caused_by who(end_reason r) noexcept;

/// Is a caller who is still on the line owed a sentence? (Not after an ordinary end.)
[[nodiscard]] bool owes_a_sentence(end_reason r) noexcept;

/// What we say then when the tenant has no words of its own.
[[nodiscard]] std::string_view default_sentence(end_reason r) noexcept;

}  // namespace tonris::model
