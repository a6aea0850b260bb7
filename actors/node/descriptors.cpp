#include "actors/node/descriptors.hpp"

#include <algorithm>
#include <string>

#include "actors/telemetry/log.hpp"
#include "net/descriptors.hpp"

namespace tonris::actors {

/// A call has two sockets.
descriptor_plan plan_descriptors(std::size_t max_calls) {
  descriptor_plan plan{net::raise_descriptor_limit(), {}};
  // Beside a stream its agent's socket is kept back, so that a call whose agent drops can dial again.
  plan.connections =
      std::make_shared<net::descriptor_budget>(plan.limit - std::min(spare_descriptors, plan.limit / 3), 1);
  const std::size_t wanted = 2 * max_calls + spare_descriptors;
  if (plan.limit < wanted)
    log::warn(
        "The limit of open descriptors is {limit}; MAX_CALLS={maxCalls} wants {wanted}: raise it (ulimit -Hn, "
        "LimitNOFILE)",
        {{"limit", plan.limit}, {"maxCalls", max_calls}, {"wanted", wanted}});
  return plan;
}

}  // namespace tonris::actors
