#pragma once

#include <cstdint>

namespace tonris::model {

/// How long the caller waited for the agent's answers, in a call: milliseconds, all 0 where there was no turn.
struct turn_latency {
  std::uint32_t count = 0;
  std::uint32_t p50_ms = 0, p95_ms = 0, worst_ms = 0;
  bool operator==(const turn_latency&) const = default;
};

}  // namespace tonris::model
