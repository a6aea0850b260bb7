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
  const auto take_off = [&](std::uint64_t& limit) {
    if (limit == 0) return;                 // there is none
    if (limit <= others) limits.calls = 0;  // all of it is theirs; 0 of it would be no limit
    limit -= std::min<std::uint64_t>(limit - 1, others);
  };
  limits.calls -= std::min<std::uint64_t>(limits.calls, others);
  take_off(limits.calls_per_minute);
  take_off(limits.vendor_calls);
  return limits;
}

}  // namespace tonris::model
