#include "actors/leg/loop_services.hpp"

#include <algorithm>

#include "actors/leg/leg.hpp"

namespace tonris::actors {

void loop_services::tick_next_part() {
  auto& legs = parts_[next_to_tick_];
  next_to_tick_ = (next_to_tick_ + 1) % tick_parts;
  // A leg may end while it is ticked and take itself off the list: its place is emptied, the list compacted afterwards.
  // By number: whatever a tick adds may move the list.  NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < legs.size(); ++i)
    if (legs[i]) legs[i]->run([one = legs[i]] { one->tick(); });
  std::erase(legs, nullptr);
}

void loop_services::add_leg(leg* one) {
  parts_[next_to_fill_].push_back(one);
  next_to_fill_ = (next_to_fill_ + 1) % tick_parts;
  ++count_;
}

void loop_services::remove_leg(leg* gone) {
  for (auto& legs : parts_) {
    const auto found = std::find(legs.begin(), legs.end(), gone);
    if (found == legs.end()) continue;
    *found = nullptr;
    --count_;
    return;
  }
}

}  // namespace tonris::actors
