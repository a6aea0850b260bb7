#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/call/end_reason.hpp"
#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// What a call's timeline is made of: one value a kind of thing worth knowing at three in the morning.
enum class call_moment : std::uint8_t {
  webhook,          ///< Twilio asked what to do with the call (detail: "tenant salon-1")
  refused,          ///< detail: reason
  stream_opened,    ///< the socket of a stream, its ticket good
  stream_started,   ///< detail: stream SID
  stream_ended,     ///< detail: how
  new_stream,       ///< the caller's stream dropped, a new one is offered
  signed_url,       ///< could not be had; detail: why
  agent_connected,  ///< the conversation's socket is open
  agent_ready,      ///< detail: conversation id, formats
  agent_ended,      ///< detail: how
  agent_restart,    ///< detail: attempt and wait
  agent_queue,      ///< the vendor put us in its queue, or took us out
  agent_said,
  caller_said,
  interrupted,
  key_pressed,  ///< never which one
  hold_tone,    ///< the caller hears the hold tone; detail: began, ended
  length_warning,
  rehearsal,    ///< a failure was injected on the tenant's wish, or refused
  crashed,      ///< an actor of the call; detail: which
  resumed,      ///< from a checkpoint; detail: after what
  handed_over,  ///< drain
  tool,         ///< the agent asked for a client tool; detail: which, and what came of it
  transfer,     ///< the agent puts the caller through; detail: to whom, or what came of it
  fallback,     ///< detail: which step, or what came of it
  voicemail,    ///< detail: recording SID, seconds
  recording,    ///< of the call itself; detail: recording SID, status
  ended,        ///< detail: reason, by whom
};
inline constexpr std::size_t call_moment_count = static_cast<std::size_t>(call_moment::ended) + 1;
[[nodiscard]] std::string_view to_string(call_moment m) noexcept;  ///< "agent_ready": stored; do not change
[[nodiscard]] std::optional<call_moment> parse_call_moment(std::string_view text) noexcept;

struct timeline_event {
  call_sid call;
  std::chrono::system_clock::time_point at;
  call_moment what{};
  std::string detail;  ///< no secret, no whole phone number; at most 500 bytes
  bool operator==(const timeline_event&) const = default;
};

/// `[{"at":"2026-…","what":"agent_ready","detail":"…"},…]`: GET /api/calls/{CallSid}/timeline, and back
/// again (tonrisctl).
[[nodiscard]] std::string to_json(const std::vector<timeline_event>& events);
[[nodiscard]] decoded<std::vector<timeline_event>> parse_events(const call_sid& call, std::string_view json);

/// The timeline in plain words, a line an event, times counted from the first.
[[nodiscard]] std::string in_plain_words(const std::vector<timeline_event>& events);

/// How it ended, as far as its timeline tells: a refused call has no other end.
struct timeline_end {
  bool known = false, refused = false;
  std::optional<end_reason> reason;
};
[[nodiscard]] timeline_end end_of(const std::vector<timeline_event>& events);

}  // namespace tonris::model
