#pragma once

#include <caf/actor_system_config.hpp>

namespace tonris::actors {

/// Gives a system two workers at most that share one queue, and a clock that sleeps until something is due. CAF's own
/// clock is woken by each timeout that is set, which every request() with a limit does; its thread took a fifth of the
/// core at 5,000 webhooks a second (docs/performance.md). Here whoever sets a timeout writes it down himself, and the
/// thread is woken only when it would sleep too long. On one core there is one worker. Call it before the system is
/// made. Work stealing is not used: it polls while idle.
void use_quiet_clock(caf::actor_system_config& settings);

}  // namespace tonris::actors
