#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/sim/twilio/caller_report.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// What is told about a demonstration call when it is over. Times are seconds since it was placed.
struct call_account {
  struct line {
    double at;  ///< when it was known: an agent's sentence as it begins, a caller's once it has been heard
    std::string role, text;
    bool interrupted = false;      ///< `text` is then as far as it was heard
    std::optional<double> from{};  ///< of the speech itself, at the caller's ear and mouth
    std::optional<double> to{};
  };
  /// One of them speaks, without a pause.
  struct spell {
    bool agent;
    double from, to;
  };
  std::string placed_at;  ///< wall clock, UTC
  std::string from, to;   ///< redacted
  std::string agent_id;
  double seconds = 0;
  caller_report caller;
  std::vector<std::pair<double, std::string>> states;
  std::vector<line> transcript;
  std::size_t interruptions = 0;
  std::optional<double> latency_p50_ms, latency_p99_ms;  ///< measured by the simulators, caller to agent
  std::size_t latency_frames = 0;
  std::optional<double> gateway_p99_ms;   ///< what the gateway's record says
  std::string ended;                      ///< how
  std::vector<violation> violations;      ///< of both sides
  std::vector<std::string> shortcomings;  ///< why the call did not go well, besides violations
  [[nodiscard]] bool well() const noexcept { return violations.empty() && shortcomings.empty(); }
};

/// Finds out which speech was which line. An agent's sentence may pause; a caller's line is the last that he said
/// before it was known.
void time_speech(std::vector<call_account::line>& transcript, const std::vector<call_account::spell>& spells);

[[nodiscard]] std::string to_text(const call_account& account);

}  // namespace tonris::sim
