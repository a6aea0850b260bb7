#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

#include "actors/runtime/quiet_clock.hpp"

namespace tonris::actors::test {

/// Of a system whose actors live in real time, as a gateway's do.
struct real_settings : caf::actor_system_config {
  real_settings() {
    use_quiet_clock(*this);
    set("logger.verbosity", caf::atom("quiet"));
  }
};

}  // namespace tonris::actors::test
