#include "model/usage_report/drift_days.hpp"

#include <cstddef>
#include <map>

namespace tonris::model {

namespace {

/// So many calls a tenant's rows are made of.
std::map<tenant_id, std::size_t> calls_in(const std::vector<drift_row>& rows) {
  std::map<tenant_id, std::size_t> calls;
  for (const auto& row : rows) calls[row.tenant] += row.calls + row.only_ours.count + row.only_theirs.count;
  return calls;
}

}  // namespace

clock_doubt doubt_of(const std::optional<std::chrono::sys_days>& newest, std::chrono::sys_days end,
                     std::chrono::days made_up_for) noexcept {
  if (!newest) return clock_doubt::none;
  if (*newest >= end) return clock_doubt::behind;
  return end - std::chrono::days{1} - *newest > made_up_for ? clock_doubt::ahead : clock_doubt::none;
}

std::vector<drift_row> made_anew(const std::vector<drift_row>& kept, const std::vector<drift_row>& made) {
  auto in_kept = calls_in(kept), in_made = calls_in(made);
  std::map<tenant_id, std::vector<drift_row>> rows;
  for (const auto& row : kept)
    if (in_kept[row.tenant] > in_made[row.tenant]) rows[row.tenant].push_back(row);
  for (const auto& row : made)
    if (in_made[row.tenant] >= in_kept[row.tenant]) rows[row.tenant].push_back(row);
  std::vector<drift_row> all;
  for (const auto& [tenant, its] : rows) all.insert(all.end(), its.begin(), its.end());
  return all;
}

}  // namespace tonris::model
