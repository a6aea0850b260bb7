#include "actors/admission/books.hpp"

#include <utility>

namespace tonris::actors {

void admission_books::restore(const usage_snapshot& written, model::admission_table::time now) {
  for (const auto& month : written.months) table.restore(month.tenant, month.of, month.sums);
  for (const auto& call : written.calls) table.restore(call.lease, call.seconds, call.microdollars, now);
}

bool admission_books::changed(const model::tenant_id& tenant, model::usage_month month, const model::call_sid& lease) {
  months.emplace(tenant.value, month);
  if (leases.size() >= max_unwritten) return false;
  leases.insert(lease);
  return true;
}

usage_snapshot admission_books::take_changes() {
  usage_snapshot now_is;
  for (const auto& [tenant, of] : months) now_is.months.push_back({{tenant}, of, table.month({tenant}, of)});
  for (const auto& lease : leases)
    if (const auto booked = table.booked(lease))
      now_is.calls.push_back({lease, booked->seconds, booked->microdollars});
    else
      now_is.ended.push_back(lease);
  now_is.told_to = std::exchange(told_to, std::nullopt);
  months.clear();
  leases.clear();
  return now_is;
}

void admission_books::put_back(const usage_snapshot& unwritten) {
  for (const auto& month : unwritten.months) months.emplace(month.tenant.value, month.of);
  for (const auto& call : unwritten.calls) leases.insert(call.lease);
  leases.insert(unwritten.ended.begin(), unwritten.ended.end());
  if (!told_to) told_to = unwritten.told_to;
}

}  // namespace tonris::actors
