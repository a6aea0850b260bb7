#include "model/twilio/missing_recording.hpp"

namespace tonris::model::twilio {

bool is_gone(std::chrono::system_clock::time_point told, std::chrono::system_clock::time_point now) {
  return now - told >= recording_appears_within;
}

std::optional<std::chrono::milliseconds> next_look(unsigned answered) {
  constexpr std::chrono::milliseconds first{1000};
  constexpr unsigned most = 4;
  if (answered == 0 || answered > most) return std::nullopt;
  return first * (1U << (answered - 1));
}

}  // namespace tonris::model::twilio
