#include "actors/leg/metrics.hpp"

#include <algorithm>
#include <string>

#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

constexpr std::string_view wires[] = {"twilio", "elevenlabs"};
constexpr double latency_bounds[] = {0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005,
                                     0.001,   0.0025,   0.005,   0.01,   0.02,    0.05};
constexpr double lag_bounds[] = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
constexpr double first_audio_bounds[] = {0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10};

/// It comes from outside: nothing that could look like a line of ours.
std::string printable(std::string_view type) {
  std::string text{type};
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

}  // namespace

leg_metrics::leg_metrics(metrics& in)
    : unknown_message(in, "tonris_unknown_messages_total", "Messages of a type this version does not know", "wire",
                      wires),
      bad_message(in, "tonris_bad_messages_total", "Messages that could not be read", "wire", wires),
      late_audio_dropped(in, "tonris_late_audio_total", "Agent audio of an interrupted turn that came too late"),
      tool_dropped(in, "tonris_client_tools_dropped_total",
                   "Client tools that nobody ran to their end: not answered in time, too many at once, without an id",
                   "why", {"late", "too_many", "nameless"}),
      added_latency(in, "tonris_added_latency_seconds",
                    "How long a frame of a caller's stays in the gateway; one frame in eight is timed", latency_bounds),
      first_audio(in, "tonris_first_audio_seconds",
                  "From the start of a caller's stream to the first audio of the agent's that he is sent",
                  first_audio_bounds),
      playback_lag(in, "tonris_playback_lag_seconds",
                   "How much later Twilio reports the agent's audio as played than it lasts from when it was sent",
                   lag_bounds),
      levels_measured(in, "tonris_call_levels_total", "Levels of calls that were measured because somebody watches"),
      turn(in, "tonris_turn_latency_seconds",
           "From the end of what a caller said to the first audio of the agent's answer that he is sent",
           first_audio_bounds) {}

void report_unknown(metrics& in, wire side, std::string_view type) {
  auto& counters = in.of<leg_metrics>();
  counters.unknown_message(side);
  if (!counters.unknown_named.is_new(std::string{wires[static_cast<std::size_t>(side)]}.append(" ").append(type)))
    return;
  log::info("{wire} sends messages of a type that this version ignores: {type}",
            {{"wire", side == wire::twilio ? "Twilio" : "ElevenLabs"}, {"type", printable(type)}});
}

}  // namespace tonris::actors
