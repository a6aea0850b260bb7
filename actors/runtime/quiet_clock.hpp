#pragma once

#include <caf/actor_system_config.hpp>

namespace tonris::actors {

/// Gives a system two workers at most that share one queue, and a clock that sleeps until something is due. CAF's own
/// clock is woken by each timeout that is set and by each that is cancelled, which every request() with a limit does:
/// at 5,000 webhooks a second its thread alone took a quarter of the core, and more in switches between threads. Here
/// whoever sets a timeout writes it down himself, and the thread is woken only when it would sleep too long.
/// Call it before the system is made. Work stealing is not used: it polls while idle.
void use_quiet_clock(caf::actor_system_config& settings);

}  // namespace tonris::actors
