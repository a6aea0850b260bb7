#pragma once

#include <caf/error.hpp>
#include <exception>
#include <span>
#include <string_view>

#include "actors/telemetry/log.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What an actor's exception handler returns: counts and logs the exception and makes it the reason the actor ends
/// with, which its monitors then see. Nothing keeps an actor alive after an exception; whoever supervises it decides.
[[nodiscard]] caf::error crash_error(const std::exception_ptr& thrown, metrics& counters, std::string_view actor,
                                     std::span<const log::field> about = {}) noexcept;

/// The log's and the tests' view of a reason: was this actor's end a crash?
[[nodiscard]] bool is_crash(const caf::error& reason) noexcept;

}  // namespace tonris::actors
