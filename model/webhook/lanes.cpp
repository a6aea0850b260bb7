#include "model/webhook/lanes.hpp"

#include <utility>

namespace tonris::model {

webhook_lanes::place webhook_lanes::add(const std::string& lane, std::string id) {
  if (size_ >= most) return place::full;
  auto& waiting = lanes_[lane];
  if (waiting.size() >= most_in_lane) return place::full;
  waiting.push_back(std::move(id));
  ++size_;
  return waiting.size() == 1 ? place::send : place::wait;
}

std::optional<std::string> webhook_lanes::done(const std::string& lane) {
  const auto found = lanes_.find(lane);
  if (found == lanes_.end()) return std::nullopt;
  found->second.pop_front();
  --size_;
  if (!found->second.empty()) return found->second.front();
  lanes_.erase(found);
  return std::nullopt;
}

}  // namespace tonris::model
