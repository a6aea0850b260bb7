#include "actors/call/waiting_callers.hpp"

#include <utility>

namespace tonris::actors {

bool waiting_callers::ask(const refuse_call& as, const model::call_clock& clock, time now) {
  const auto known = callers_.find(as.request.call);
  if (known != callers_.end()) {
    known->second.asked = now;
    return true;
  }
  if (callers_.size() >= most) return false;
  callers_.emplace(as.request.call, entry{as, clock, now, now});
  return true;
}

const waiting_callers::entry* waiting_callers::find(const model::call_sid& call) const {
  const auto known = callers_.find(call);
  return known == callers_.end() ? nullptr : &known->second;
}

std::optional<waiting_callers::entry> waiting_callers::take(const model::call_sid& call) {
  auto known = callers_.extract(call);
  if (known.empty()) return std::nullopt;
  return std::move(known.mapped());
}

std::vector<waiting_callers::entry> waiting_callers::take_silent(time since) {
  std::vector<entry> silent;
  for (auto it = callers_.begin(); it != callers_.end();) {
    if (it->second.asked >= since) {
      ++it;
      continue;
    }
    silent.push_back(std::move(it->second));
    it = callers_.erase(it);
  }
  return silent;
}

}  // namespace tonris::actors
