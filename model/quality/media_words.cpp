#include "model/quality/media_words.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace tonris::model {

namespace {

/// Below these nobody hears anything.
constexpr std::uint32_t audible_gap_ms = 100, audible_pause_ms = 250, audible_lag_ms = 500, many_late = 25;

std::string seconds(std::uint32_t ms) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", ms / 1000.0);
  return text.data();
}

std::string counted(std::uint32_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

struct row {
  bool (*applies)(const caller_quality&, const agent_quality&);
  std::string (*words)(const caller_quality&, const agent_quality&);
};

constexpr std::array rows{
    row{[](const caller_quality& came, const agent_quality&) { return came.lost > 0; },
        [](const caller_quality& came, const agent_quality&) {
          return "Twilio counted " + counted(came.lost, "frame", "frames") +
                 " of the caller's that it did not send: this gateway, or the network to it, took them too slowly "
                 "(31930).";
        }},
    row{[](const caller_quality& came, const agent_quality&) {
          return came.lost == 0 && came.longest_gap_ms >= audible_gap_ms;
        },
        [](const caller_quality& came, const agent_quality&) {
          return "The caller's audio had " + counted(came.gaps, "gap", "gaps") + ", " + seconds(came.gap_ms) +
                 " in all, the longest " + seconds(came.longest_gap_ms) +
                 ": his carrier, or what lies between him and Twilio.";
        }},
    row{[](const caller_quality& came, const agent_quality&) { return came.late >= many_late; },
        [](const caller_quality& came, const agent_quality&) {
          return counted(came.late, "frame", "frames") + " of the caller's came late, the longest pause was " +
                 seconds(came.longest_pause_ms) + ": the network between Twilio and here.";
        }},
    row{[](const caller_quality&, const agent_quality& played) { return played.longest_pause_ms >= audible_pause_ms; },
        [](const caller_quality&, const agent_quality& played) {
          return "What the agent said broke off " + counted(played.pauses, "time", "times") + ", the longest for " +
                 seconds(played.longest_pause_ms) + ": ElevenLabs, or the network to it.";
        }},
    row{[](const caller_quality&, const agent_quality& played) { return played.worst_lag_ms >= audible_lag_ms; },
        [](const caller_quality&, const agent_quality& played) {
          return "What the agent said was heard up to " + seconds(played.worst_lag_ms) + " late, " +
                 seconds(played.mean_lag_ms) + " in the mean: the network between here and Twilio.";
        }},
};

}  // namespace

std::string what_was_wrong(const caller_quality& came, const agent_quality& played) {
  std::string text;
  for (const auto& one : rows) {
    if (!one.applies(came, played)) continue;
    if (!text.empty()) text += ' ';
    text += one.words(came, played);
  }
  return text;
}

}  // namespace tonris::model
