#include "model/vendor/circuit.hpp"

#include <algorithm>

namespace tonris::model {

circuit_breakers::state circuit_breakers::state_of(const key& of, time now) const {
  const auto found = breakers_.find(of);
  if (found == breakers_.end() || !found->second.is_open) return state::closed;
  return now < found->second.until ? state::open : state::half_open;
}

bool circuit_breakers::admits(const key& of, time now) {
  const auto found = breakers_.find(of);
  if (found == breakers_.end() || !found->second.is_open) return true;
  auto& one = found->second;
  if (now < one.until) return false;
  if (one.probing && now - one.probed < how_.probe_for) return false;
  one.probing = true;
  one.probed = now;
  return true;
}

circuit_breakers::change circuit_breakers::succeeded(const key& of) {
  const auto found = breakers_.find(of);
  if (found == breakers_.end()) return change::none;
  const bool was_open = found->second.is_open;
  breakers_.erase(found);
  return was_open ? change::closed : change::none;
}

circuit_breakers::change circuit_breakers::failed(const key& of, time now) {
  if (!breakers_.contains(of)) {
    if (breakers_.size() >= how_.max_servers) forget_the_harmless(now);
    if (breakers_.size() >= how_.max_servers) return change::none;
  }
  auto& one = breakers_[of];
  if (one.is_open) {
    if (now < one.until) return change::none;  // of a call that began before it opened
    one.next_open_for = std::min(one.next_open_for * 2, how_.longest);
    return open(one, now);
  }
  if (one.failures == 0 || now - one.first_failure > how_.window) {
    one.failures = 0;
    one.first_failure = now;
  }
  if (++one.failures < how_.failures) return change::none;
  one.next_open_for = how_.open_for;
  return open(one, now);
}

circuit_breakers::change circuit_breakers::open(breaker& one, time now) {
  one.is_open = true;
  one.probing = false;
  one.until = now + one.next_open_for;
  return change::opened;
}

void circuit_breakers::forget_the_harmless(time now) {
  std::erase_if(breakers_, [&](const auto& entry) {
    const auto& one = entry.second;
    return !one.is_open && now - one.first_failure > how_.window;
  });
}

std::string_view to_string(circuit_breakers::state state) noexcept {
  switch (state) {
    case circuit_breakers::state::closed: return "closed";
    case circuit_breakers::state::open: return "open";
    case circuit_breakers::state::half_open: return "half_open";
  }
  return "closed";
}

}  // namespace tonris::model
