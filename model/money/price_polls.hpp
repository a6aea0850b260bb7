#pragma once

#include <chrono>
#include <optional>

namespace tonris::model {

/// When to ask Twilio what a call costs: a price comes minutes after its end, some never. First 2 minutes after it, or
/// as long as is set, then after twice as long each time, at most 2 hours, and no more when a day is over.
inline constexpr std::chrono::minutes first_price_poll{2}, longest_price_pause{120};
inline constexpr std::chrono::hours last_price_poll{24};

/// When the next question is due after so many that were answered without a price; nothing: there is none any more.
/// `jitter`, from 0 to below 1, is any number drawn anew each time: it adds up to a tenth of the last pause, so that
/// the calls of one moment do not ask at one moment.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> next_price_poll(
    std::chrono::system_clock::time_point ended, unsigned attempts, double jitter,
    std::chrono::seconds first = first_price_poll) noexcept;

}  // namespace tonris::model
