#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Every reason a call can end, the same in the record, the logs and the metrics. Refused calls have one too. A new one
/// is an enumerator here and its row in end_reason.cpp, and a line of docs/operations.md.
enum class end_reason : std::uint8_t {
  // the ordinary ends
  caller_hung_up,
  agent_ended,
  transferred,  ///< by the agent, to a number that the tenant allows
  operator_hung_up,
  operator_transferred,  ///< by who operates the gateway, or the tenant's own systems, over the API
  max_duration,
  month_used_up,  ///< the tenant's month ran out of minutes or money while the call went on
  // refused at the webhook
  unknown_number,
  tenant_suspended,
  tenant_pending,
  tenant_cancelled,
  caller_blocked,
  closed,   ///< outside business hours
  sent_on,  ///< by a caller rule, to another number
  no_agent,
  node_full,
  node_overloaded,  ///< memory or loop lag beyond this node's limits
  registry_down,
  tenant_busy,          ///< the tenant has as many calls as it may (admission's limits, docs/limits.md; so below)
  tenant_rate,          ///< it took as many within a minute as it may
  caller_rate,          ///< this caller calls too often
  month_minutes,        ///< the tenant's minutes of the month are used
  month_cost,           ///< … its money
  vendor_full,          ///< no conversation at the vendor is left for this tenant
  caller_gave_up,       ///< he hung up in line, before a place was free
  usage_unknown,        ///< nobody could say what is used, and the tenant then takes no calls
  outbound_not_served,  ///< a call that somebody else placed with our webhook as its address
  // calls of the tenant's own that nobody took
  callee_busy,
  callee_no_answer,
  callee_unreachable,  ///< Twilio could not put it through
  call_canceled,       ///< before anybody answered
  machine_answered,    ///< and settings.outbound.machine says to hang up then
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
  agent_not_hearing,     ///< the caller talks, the agent never notices
  agent_not_audible,     ///< the agent answers, but nothing of it can be heard
  agents_failing,        ///< all of them, again and again: none was asked
  // the caller's side
  stream_never_came,      ///< no stream within the set-up time
  stream_protocol_error,  ///< garbage, wrong order, oversize, or a start for another call
  stream_audio_unknown,   ///< a stream that is not mu-law 8 kHz mono
  stream_lost,            ///< the stream broke without a stop
  stream_idle,            ///< the stream is open, but no frame comes
  caller_not_hearing,     ///< audio was sent, but Twilio never reports it as played
  caller_cut_off,         ///< what he said came with gaps; ends no call, but troubles one (model/call/trouble.hpp)
  playback_late,          ///< what the agent said was played late; likewise
  // us
  slow_agent,   ///< the agent's socket did not take our audio
  slow_caller,  ///< the caller's socket did not take our audio
  shutdown,
  node_lost,  ///< the node went down with the call, and the call never came back
  internal_error,
};
inline constexpr std::size_t end_reason_count = static_cast<std::size_t>(end_reason::internal_error) + 1;

/// Who brought it about.
enum class caused_by : std::uint8_t { caller, agent, tenant, vendor, network, gateway, operators };

[[nodiscard]] std::string_view to_string(end_reason r) noexcept;  ///< "caller_hung_up": records, metrics
[[nodiscard]] std::string_view to_string(caused_by c) noexcept;
[[nodiscard]] caused_by who(end_reason r) noexcept;

/// How much an operator should care: nothing to see; a call was lost; nobody but an operator can help, and the next
/// call will fail as well.
enum class gravity : std::uint8_t { ordinary, lost, alarm };
[[nodiscard]] gravity gravity_of(end_reason r) noexcept;

/// What a caller who is still on the line gets: nothing after an ordinary end; a sentence where a limit or a setting of
/// the tenant ends the call; what the tenant has arranged for the case (a transfer, voicemail); else the tenant's
/// fallback.
enum class aftermath : std::uint8_t { hang_up, sentence, arranged, fallback };
[[nodiscard]] aftermath after(end_reason r) noexcept;

/// Somebody is put through whom the agent has talked with.
[[nodiscard]] constexpr bool is_transfer(end_reason r) noexcept {
  return r == end_reason::transferred || r == end_reason::operator_transferred;
}

/// Can a new conversation heal what ended the agent leg? Not where the vendor would refuse it again: 1008, an unknown
/// agent, authentication, quota, an audio format nobody knows.
[[nodiscard]] bool heals_by_restart(end_reason r) noexcept;

/// Does it say that this agent cannot serve, whichever call asks? A broken connection of a conversation that had begun
/// does not, nor a limit that all agents share.
[[nodiscard]] bool speaks_against_agent(end_reason r) noexcept;
/// May another agent serve where this one did not? Not where the key was refused, or the vendor is full.
[[nodiscard]] bool another_agent_may_serve(end_reason r) noexcept;

/// Which sentence the caller hears, if any.
[[nodiscard]] tenant::sentence sentence_of(end_reason r) noexcept;
/// It in English, where nobody knows whose call it is.
[[nodiscard]] std::string_view default_sentence(end_reason r) noexcept;

/// What happened, in one plain sentence for whoever is asked why the call ended: "The caller hung up."
[[nodiscard]] std::string_view explain(end_reason r) noexcept;
/// "the caller", "the vendor (ElevenLabs)": for the end of a sentence.
[[nodiscard]] std::string_view explain(caused_by c) noexcept;
/// What goes on when it happens to many calls, for the beginning of a sentence: "ElevenLabs unreachable".
[[nodiscard]] std::string_view headline(end_reason r) noexcept;
/// What an operator does about it, for behind "What to do: ".
[[nodiscard]] std::string_view advice(end_reason r) noexcept;

}  // namespace tonris::model
