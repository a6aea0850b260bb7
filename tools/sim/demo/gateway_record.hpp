#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::sim {

/// What the gateway's own record of a call says, as far as a watcher needs it: `GET /api/calls/{CallSid}`.
struct gateway_record {
  struct line {
    std::string role, text;
  };
  std::string state, end_reason, agent_id;
  std::vector<line> transcript;
  std::optional<double> added_latency_p99_ms;
  std::optional<double> interruptions;
};
/// Nothing when the text is no such record: an object with a state.
[[nodiscard]] std::optional<gateway_record> read_gateway_record(std::string_view json);

}  // namespace tonris::sim
