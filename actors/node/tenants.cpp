#include "actors/node/tenants.hpp"

#include <algorithm>
#include <utility>

#include "actors/node/metrics.hpp"
#include "actors/store/tenants_file.hpp"
#include "actors/telemetry/log.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::actors {

namespace {

/// What an operator has to know about the tenants that were just read.
void tell_about(const model::tenant_list& read) {
  constexpr std::size_t lines_shown = 100;
  for (std::size_t i = 0; i < std::min(read.mistakes.size(), lines_shown); ++i)
    log::error("TENANTS_FILE, {mistake}", {{"mistake", to_string(read.mistakes[i])}});
  if (read.mistakes.size() > lines_shown)
    log::error("TENANTS_FILE has more mistakes; tonrisctl check-tenants shows all");
  for (const auto& t : read.good)
    if (const auto idle = model::tenant_rules::not_acted_on(t); !idle.empty())
      log::warn("Tenant {tenant}: this version does not act on {setting}", {{"tenant", t.id}, {"setting", idle}});
}

}  // namespace

tl::expected<void, std::string> file_tenants::read() {
  auto now = read_tenants_file(file_);
  if (!now) return tl::unexpected("TENANTS_FILE " + now.error());
  tell_about(*now);
  counters_.of<node_metrics>().tenants_read(now->good.size(), now->refused.size());
  const std::scoped_lock lock{lock_};
  served_ = std::move(now->good);
  return {};
}

std::optional<std::vector<model::tenant>> file_tenants::read_again() {
  auto now = read_tenants_file(file_);
  if (!now) {
    counters_.of<node_metrics>().tenants_unreadable();
    log::error("The tenants stay as they were: TENANTS_FILE {why}", {{"why", now.error()}});
    return std::nullopt;
  }
  tell_about(*now);
  model::tenant_changes changes;
  std::size_t kept = 0;
  {
    const std::scoped_lock lock{lock_};
    kept = keep_former(*now, served_);
    changes = changes_between(served_, now->good);
    served_ = now->good;
  }
  counters_.of<node_metrics>().tenants_read(now->good.size(), now->refused.size());
  log::info(
      "Tenants read again: {served} served, {mistaken} with mistakes, of them {servedAsBefore} served as before; "
      "{changes}",
      {{"served", now->good.size()},
       {"mistaken", now->refused.size()},
       {"servedAsBefore", kept},
       {"changes", to_string(changes)}});
  return std::move(now->good);
}

std::vector<model::tenant> file_tenants::served() const {
  const std::scoped_lock lock{lock_};
  return served_;
}

}  // namespace tonris::actors
