#pragma once

#include <cstdint>

namespace tonris::model {

/// How the caller's audio came, over all streams of a call. All 0: nothing was measured.
struct caller_quality {
  std::uint32_t gaps = 0;    ///< jumps of Twilio's timestamps by a frame or more: audio that never came
  std::uint32_t gap_ms = 0;  ///< all of them
  std::uint32_t cut_ms = 0;  ///< of these, where he was talking
  std::uint32_t longest_gap_ms = 0;
  std::uint32_t longest_pause_ms = 0;  ///< between two frames' arrivals
  std::uint32_t late = 0;              ///< frames that came more than caller_meter::late_after behind the soonest
  std::uint32_t lost = 0;              ///< frames that Twilio counted and did not send
  std::uint32_t out_of_order = 0;      ///< frames that came behind a later one
  std::uint32_t duplicates = 0;
  std::uint32_t jitter_us = 0;  ///< of arrivals against timestamps: RFC 3550's running estimate, at the end
  std::uint32_t worst_jitter_us = 0;
  bool operator==(const caller_quality&) const = default;
};

/// How the agent's audio came, and was played to the caller, over all streams of a call.
struct agent_quality {
  std::uint32_t chunks = 0;    ///< the agent's messages
  std::uint32_t audio_ms = 0;  ///< in them
  std::uint32_t pauses = 0;    ///< holes in what it was saying: its next audio came when all before had been played
  std::uint32_t longest_pause_ms = 0;
  std::uint32_t marks = 0;                          ///< that Twilio sent back and that were measured
  std::uint32_t mean_lag_ms = 0, worst_lag_ms = 0;  ///< how late they came: behind the end of the audio before them
  bool operator==(const agent_quality&) const = default;
};

}  // namespace tonris::model
