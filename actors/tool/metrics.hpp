#pragma once

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/elevenlabs/tool_answer.hpp"

namespace tonris::actors {

/// What is counted of agents' tools.
struct tool_metrics {
  enum class circuit : std::uint8_t { opened, closed };

  explicit tool_metrics(metrics& in);

  counters_by<model::elevenlabs::tool_outcome> answered;  ///< whoever did: the gateway itself, or a tenant's server
  counters_by<circuit> circuits;
  gauge under_way;  ///< at tenants' servers
};

}  // namespace tonris::actors
