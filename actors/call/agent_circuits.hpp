#pragma once

#include <chrono>
#include <mutex>

#include "actors/telemetry/metrics.hpp"
#include "model/call/end_reason.hpp"
#include "model/text/ids.hpp"
#include "model/vendor/circuit.hpp"

namespace tonris::actors {

/// The node's circuit breakers (model/vendor/circuit.hpp), shared by the webhooks, which ask them, and by the calls,
/// which tell them how an agent did. Any thread; each call takes a lock for as long as a look into a map takes.
class agent_circuits {
 public:
  using time = model::circuit_breakers::time;

  agent_circuits() = default;
  explicit agent_circuits(const model::circuit_breakers::settings& how) : breakers_(how) {}
  agent_circuits(const agent_circuits&) = delete;
  agent_circuits& operator=(const agent_circuits&) = delete;

  using key = model::circuit_breakers::key;

  /// As circuit_breakers::admits: half open, who hears yes is the probe.
  [[nodiscard]] bool admits(const key& agent, time now);
  void conversation_began(const key& agent, metrics& counters);
  /// Reasons that say nothing of the agent itself are not counted.
  void failed(const key& agent, model::end_reason why, time now, metrics& counters);

 private:
  std::mutex lock_;
  model::circuit_breakers breakers_;
};

}  // namespace tonris::actors
