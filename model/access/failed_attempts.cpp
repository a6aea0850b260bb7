#include "model/access/failed_attempts.hpp"

#include <algorithm>

namespace tonris::model {

std::chrono::milliseconds failed_attempts::wait_after(std::string_view id, time now) {
  auto found = by_id_.find(id);
  if (found == by_id_.end()) {
    if (by_id_.size() >= max_ids) make_room();
    found = by_id_.emplace(id, entry{}).first;
  }
  auto& [wait, last] = found->second;
  if (wait == wait.zero() || now - last >= forgotten_after)
    wait = least;
  else
    wait = std::min(2 * wait, most);
  last = now;
  return wait;
}

void failed_attempts::make_room() {
  const auto quiet = std::min_element(by_id_.begin(), by_id_.end(),
                                      [](const auto& a, const auto& b) { return a.second.last < b.second.last; });
  by_id_.erase(quiet);
}

}  // namespace tonris::model
