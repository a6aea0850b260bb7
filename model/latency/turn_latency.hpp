#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/text/codec_error.hpp"

namespace tonris::model {

/// How long the caller waited for the agent's answers, in a call: milliseconds, all 0 where there was no turn.
struct turn_latency {
  std::uint32_t count = 0;
  std::uint32_t p50_ms = 0, p95_ms = 0, worst_ms = 0;
  bool operator==(const turn_latency&) const = default;
};

/// {"count":12,"p50Ms":820,"p95Ms":1480,"worstMs":1920}
[[nodiscard]] std::string to_json(const turn_latency& latency);
/// What to_json wrote; unknown fields are nobody's business. Numbers that contradict each other are refused. At most 1
/// KiB.
[[nodiscard]] decoded<turn_latency> parse_turn_latency(std::string_view json);

}  // namespace tonris::model
