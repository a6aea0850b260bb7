#include "net/precedence.hpp"

#include <sched.h>

namespace tonris::net {

bool take_precedence() noexcept {
  const sched_param lowest{.sched_priority = 1};
  constexpr int this_thread = 0;
  return sched_setscheduler(this_thread, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0;
}

}  // namespace tonris::net
