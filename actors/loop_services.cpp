#include "actors/loop_services.hpp"

#include <algorithm>

#include "actors/leg.hpp"

namespace tonris::actors {

void loop_services::tick() {
  // A leg may end while it is ticked and take itself off the list: its place is emptied, the list compacted afterwards.
  for (std::size_t i = 0; i < legs_.size(); ++i)
    if (legs_[i]) legs_[i]->run([one = legs_[i]] { one->tick(); });
  std::erase(legs_, nullptr);
}

void loop_services::remove_leg(leg* gone) {
  std::replace(legs_.begin(), legs_.end(), gone, static_cast<leg*>(nullptr));
}

}  // namespace tonris::actors
