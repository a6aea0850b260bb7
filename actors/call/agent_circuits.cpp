#include "actors/call/agent_circuits.hpp"

#include "actors/call/metrics.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

using change = model::circuit_breakers::change;

bool agent_circuits::admits(const key& agent, time now) {
  const std::scoped_lock lock{lock_};
  return breakers_.admits(agent, now);
}

void agent_circuits::conversation_began(const key& agent, metrics& counters) {
  change came;
  {
    const std::scoped_lock lock{lock_};
    came = breakers_.succeeded(agent);
  }
  if (came != change::closed) return;
  counters.of<call_metrics>().agent_circuit(call_metrics::circuit::closed);
  log::info("Agent {agent} serves again: its callers are no longer sent elsewhere", {{"agent", agent.server}});
}

void agent_circuits::failed(const key& agent, model::end_reason why, time now, metrics& counters) {
  if (!speaks_against_agent(why)) return;
  change came;
  {
    const std::scoped_lock lock{lock_};
    came = breakers_.failed(agent, now);
  }
  if (came != change::opened) return;
  counters.of<call_metrics>().agent_circuit(call_metrics::circuit::opened);
  log::warn(
      "Agent {agent} fails again and again ({reason}): its callers go to the next agent or the fallback for a "
      "while",
      {{"agent", agent.server}, {"reason", to_string(why)}});
}

}  // namespace tonris::actors
