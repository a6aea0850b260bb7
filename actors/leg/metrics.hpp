#pragma once

#include <cstdint>
#include <string_view>

#include "actors/telemetry/histogram.hpp"
#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/named_once.hpp"

namespace tonris::actors {

enum class wire : std::uint8_t { twilio, elevenlabs };

/// What both legs count. Frames are not here: their call counts them, and adds them when it ends. Nor is anything
/// looked up by its name where they go.
struct leg_metrics {
  enum class dropped_tool : std::uint8_t { late, too_many, nameless };

  explicit leg_metrics(metrics& in);

  counters_by<wire> unknown_message;  ///< by `report_unknown`
  counters_by<wire> bad_message;
  counter late_audio_dropped;
  counters_by<dropped_tool> tool_dropped;  ///< client tools that nobody ran to their end
  frame_histogram added_latency;           ///< of the caller's frames that are timed, until the agent's socket has them
  histogram first_audio;                   ///< from the caller's first frame to the first that he is sent, once a call
  frame_histogram playback_lag;            ///< of the marks that Twilio sent back
  counter levels_measured;                 ///< for whoever watches: none without
  histogram turn;  ///< from the end of what a caller said to the agent's first audio that he is sent
  named_once unknown_named;
};

/// Counts a message of a type this version does not know, and names each type once in the log: what the other side
/// has begun to send is worth knowing, once. Any thread.
void report_unknown(metrics& in, wire side, std::string_view type);

}  // namespace tonris::actors
