#include "model/admission/waiting_line.hpp"

#include <algorithm>

namespace tonris::model {

waiting_line::line* waiting_line::line_of(const tenant_id& tenant, time now) {
  const auto place = lines_.find(tenant);
  if (place == lines_.end()) return nullptr;
  given_up_ += std::erase_if(place->second, [now](const caller& one) { return one.asks_until <= now; });
  if (!place->second.empty()) return &place->second;
  lines_.erase(place);
  return nullptr;
}

std::size_t waiting_line::before(const tenant_id& tenant, const call_sid& call, time now) {
  auto* const waiting = line_of(tenant, now);
  if (!waiting) return 0;
  std::size_t others = 0;
  for (auto& one : *waiting) {
    if (one.call == call) {
      one.asks_until = now + patience;
      return others;
    }
    ++others;
  }
  return others;
}

bool waiting_line::join(const tenant_id& tenant, const call_sid& call, time now) {
  auto* waiting = line_of(tenant, now);
  if (!waiting) {
    if (lines_.size() >= max_tenants) return false;
    waiting = &lines_[tenant];
  }
  const auto here = std::find_if(waiting->begin(), waiting->end(), [&](const caller& one) { return one.call == call; });
  if (here != waiting->end()) {
    here->asks_until = now + patience;
    return true;
  }
  if (waiting->size() >= max_of_tenant) return false;
  waiting->push_back({call, now + patience});
  return true;
}

std::size_t waiting_line::take_out(const tenant_id& tenant, const call_sid& call) {
  const auto place = lines_.find(tenant);
  if (place == lines_.end()) return 0;
  const auto taken = std::erase_if(place->second, [&](const caller& one) { return one.call == call; });
  if (place->second.empty()) lines_.erase(place);
  return taken;
}

void waiting_line::leave(const tenant_id& tenant, const call_sid& call) {
  take_out(tenant, call);
}

void waiting_line::give_up(const tenant_id& tenant, const call_sid& call) {
  given_up_ += take_out(tenant, call);
}

std::size_t waiting_line::length(const tenant_id& tenant, time now) {
  const auto* const waiting = line_of(tenant, now);
  return waiting ? waiting->size() : 0;
}

admission_limits behind(admission_limits limits, std::size_t others) noexcept {
  const auto taken_off = [others](std::uint64_t limit) { return limit - std::min<std::uint64_t>(limit, others); };
  limits.calls = taken_off(limits.calls);
  // 0 would be no limit at all.
  if (limits.calls_per_minute > 0)
    limits.calls_per_minute = std::max<std::uint64_t>(taken_off(limits.calls_per_minute), 1);
  if (limits.vendor_calls > 0) limits.vendor_calls = std::max<std::uint64_t>(taken_off(limits.vendor_calls), 1);
  return limits;
}

}  // namespace tonris::model
