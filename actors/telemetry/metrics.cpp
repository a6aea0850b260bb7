#include "actors/telemetry/metrics.hpp"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>
#include <vector>

namespace tonris::actors {

struct metrics::state {
  prometheus::Registry registry;    // gives the family that is there to whoever declares its name again
  std::recursive_mutex rooms_lock;  // a room may ask for another
  std::vector<std::shared_ptr<void>> rooms;
};

metrics::metrics() : state_(std::make_unique<state>()) {}
metrics::~metrics() = default;

prometheus::Registry& metrics::registry() noexcept {
  return state_->registry;
}

std::size_t metrics::next_place() noexcept {
  static std::atomic<std::size_t> next{0};
  return next++;
}

void* metrics::make(std::size_t place, std::shared_ptr<void> (*room)(metrics& in)) {
  const std::scoped_lock lock{state_->rooms_lock};
  auto& there = rooms_.at(place);
  if (void* const made = there.load()) return made;
  void* const made = state_->rooms.emplace_back(room(*this)).get();
  there.store(made, std::memory_order_release);
  return made;
}

std::string metrics::render() const {
  return prometheus::TextSerializer{}.Serialize(state_->registry.Collect());
}

}  // namespace tonris::actors
