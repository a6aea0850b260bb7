#include "actors/loop_services.hpp"

#include <algorithm>

#include "actors/messages.hpp"
#include "actors/runtime/loop_bound.hpp"

namespace tonris::actors {

void loop_services::tick() {
  // A leg may end while it is ticked and take itself off the list: its place is emptied, the list compacted afterwards.
  for (std::size_t i = 0; i < legs_.size(); ++i)
    if (legs_[i]) legs_[i]->deliver(loop_tick{});
  std::erase(legs_, nullptr);
}

void loop_services::remove_leg(loop_bound* leg) {
  std::replace(legs_.begin(), legs_.end(), leg, static_cast<loop_bound*>(nullptr));
}

}  // namespace tonris::actors
