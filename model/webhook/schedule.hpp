#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tonris::model {

/// What a tenant's server made of an event.
enum class webhook_outcome : std::uint8_t {
  delivered,  ///< 2xx
  again,      ///< it may take it later
  refused,    ///< it will never take this one: a dead letter at once
  gone,       ///< 410: it wants none any more; a dead letter, and the operator is told
};
[[nodiscard]] std::string_view to_string(webhook_outcome outcome) noexcept;  ///< "again"
/// Of an HTTP status; 0: no answer at all (refused, timed out, an address that may not be dialled). A redirect is not
/// followed: it comes again. 400, 405, 413, 415 and 422 are about the message itself, which stays what it is.
[[nodiscard]] webhook_outcome outcome_of(unsigned http_status) noexcept;

/// When an event is sent again: after 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, then every 4 h, each a fifth sooner
/// or later by chance, until 24 h after the first attempt.
struct webhook_attempts {
  using time = std::chrono::system_clock::time_point;  // it survives a restart
  static constexpr std::chrono::hours lifetime{24};

  std::uint32_t made = 0;  ///< attempts, the one that just failed included
  time first{};            ///< when the first of them was made
};
/// `jitter` is a random number from 0 to 1; `retry_after` what the server asked for, which is waited for, an hour at
/// most. Nothing: the event is a dead letter.
[[nodiscard]] std::optional<webhook_attempts::time> next_attempt(const webhook_attempts& so_far,
                                                                 webhook_attempts::time now, double jitter,
                                                                 std::chrono::seconds retry_after = {});

}  // namespace tonris::model
