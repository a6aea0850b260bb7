#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tonris::model {

/// Where a call is (docs/architecture.md#the-life-of-a-call): ringing -> connecting -> talking -> (holding -> talking)*
/// -> ending -> ended; and stranded, from which it comes back to connecting with its caller's next stream.
enum class call_state : std::uint8_t {
  ringing,     ///< the webhook is answered; Twilio's stream has not started yet
  connecting,  ///< the stream runs; the agent is not up yet
  talking,     ///< caller and agent hear each other
  holding,     ///< the caller waits: the agent leg is restarted, or the vendor's queue has us
  stranded,    ///< the caller's stream dropped, the agent waits: Twilio may ask for a new stream
  ending,      ///< the end is decided; legs are closing
  ended,       ///< both legs are gone, the record is final
};
inline constexpr std::size_t call_state_count = 7;

/// What can happen to a call.
enum class call_event : std::uint8_t {
  stream_started,  ///< Twilio's `start`, checked
  agent_ready,     ///< the vendor's metadata, both formats known
  agent_waiting,   ///< the vendor put us in its queue
  agent_admitted,  ///< and took us out of it
  agent_lost,      ///< the agent leg broke or could not be had, and will be restarted
  agent_ended,     ///< end_call, close 1000, or the goodbye it was asked for: it has said all it had to say
  agent_failed,    ///< the agent cannot be had any more
  caller_hung_up,  ///< `stop`, or a final call status
  stream_dropped,  ///< the stream broke, and Twilio may ask for another
  stream_failed,   ///< the stream never came, or no other is given
  played_out,      ///< the caller has heard the agent's last words, or the wait for it is over
  end_requested,   ///< a limit, an operator, the shutdown, an error of ours
  legs_closed,     ///< neither leg is open any more
};
inline constexpr std::size_t call_event_count = 13;

/// What the call actor does about it.
enum class call_action : std::uint8_t {
  nothing,
  open_agent,    ///< connect the agent leg
  retry_agent,   ///< connect it again, after a while
  await_caller,  ///< wait for Twilio's question, at most 15 s
  rejoin,        ///< the caller is back: go on with the agent that is there, or open one
  go_live,       ///< send the kept caller audio, then everything as it comes
  play_out,      ///< let the caller hear what the agent still said, and close then
  close_agent,   ///< end the conversation
  close_stream,  ///< end the stream: Twilio asks connect-action what comes next
  close_both,
  finish,  ///< make the record final, tell the supervisor
};

struct call_step {
  call_state next;
  call_action action;
  bool operator==(const call_step&) const = default;
};

/// The whole machine: every pair is decided, none throws.
[[nodiscard]] call_step step(call_state in, call_event what) noexcept;

[[nodiscard]] std::string_view to_string(call_state s) noexcept;
[[nodiscard]] std::string_view to_string(call_event e) noexcept;
[[nodiscard]] std::string_view to_string(call_action a) noexcept;

}  // namespace tonris::model
