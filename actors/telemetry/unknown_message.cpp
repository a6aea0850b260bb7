#include "actors/telemetry/unknown_message.hpp"

#include <algorithm>
#include <string>

#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

/// It comes from outside: nothing that could look like a line of ours.
std::string printable(std::string_view type) {
  std::string text{type};
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

}  // namespace

void report_unknown(metrics& counters, metrics::wire side, std::string_view type) {
  if (!counters.unknown_message(side, type)) return;
  log::info({side == metrics::wire::twilio ? "Twilio" : "ElevenLabs",
             " sends messages of a type that this version ignores: ", printable(type)});
}

}  // namespace tonris::actors
