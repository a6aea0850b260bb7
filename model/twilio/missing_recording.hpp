#pragma once

#include <chrono>
#include <optional>

namespace tonris::model::twilio {

/// A recording that has just been made or completed is not there yet for whoever asks about it (404), for some seconds
/// (docs/protocols/twilio.md#recordings). So long a 404 is no answer; later it says that the recording is gone.
inline constexpr std::chrono::seconds recording_appears_within{60};

/// Does a 404 of now say that a recording is gone of which we have last been told at that time?
[[nodiscard]] bool is_gone(std::chrono::system_clock::time_point told, std::chrono::system_clock::time_point now);

/// In how long to ask again what has been answered 404 so many times; nothing: not for now. Four times, 15 s in all.
[[nodiscard]] std::optional<std::chrono::milliseconds> next_look(unsigned answered);

}  // namespace tonris::model::twilio
