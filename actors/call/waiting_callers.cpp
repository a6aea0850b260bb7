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

void waiting_callers::tell(const model::call_sid& call, const model::carrier_progress& told) {
  if (const auto found = callers_.find(call); found != callers_.end()) (void)model::take(found->second.twilio, told);
}

void waiting_callers::send_away(const model::call_sid& call) {
  if (const auto found = callers_.find(call); found != callers_.end()) found->second.sent_away = true;
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

std::vector<model::call_sid> waiting_callers::silent(time since, time now) {
  std::vector<model::call_sid> all;
  for (auto& [call, caller] : callers_) {
    if (caller.asked >= since) continue;
    caller.asked = now;
    all.push_back(call);
  }
  return all;
}

}  // namespace tonris::actors
