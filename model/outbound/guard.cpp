#include "model/outbound/guard.hpp"

#include <algorithm>
#include <array>

#include "model/outbound/quiet_hours.hpp"
#include "model/phone/cost.hpp"
#include "model/phone/number.hpp"

namespace tonris::model {

namespace {

using enum dial_verdict;

struct row {
  dial_verdict verdict;
  std::string_view name, explanation;
};
constexpr std::array<row, dial_verdict_count> rows{{
    {allowed, "allowed", "it may be called"},
    {off, "off", "settings.outbound of the tenant is not enabled"},
    {not_active, "not_active", "the tenant is not active"},
    {not_allowed, "not_allowed", "settings.outbound.allowed of the tenant has no prefix of that number"},
    {own_number, "own_number", "it is the tenant's own number"},
    {premium, "premium", "numbers at a premium price are not called"},
    {satellite, "satellite", "satellites and networks of no country are not called"},
    {shared_cost, "shared_cost", "numbers at shared cost are not called"},
    {quiet_hours, "quiet_hours", "settings.outbound.quietHours: it is quiet now where that phone may be"},
    {zone_unknown, "zone_unknown",
     "settings.outbound.quietHours: in which time zone that phone is nobody knows, so it is not called"},
    {being_called, "being_called", "that number is being called from this one, and what comes of it is not known yet"},
    {too_many_a_minute, "too_many_a_minute", "settings.outbound.perMinute of the tenant is reached"},
    {too_many_a_day, "too_many_a_day", "settings.outbound.perDay of the tenant is reached"},
    {full, "full", "this node has as many calls under way as it may; try again"},
    {stopping, "stopping", "this node is stopping, and places no more calls; try again"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name.empty() || rows[i].verdict != static_cast<dial_verdict>(i)) return false;
  return true;
}
static_assert(in_order());

dial_verdict verdict_of(number_cost cost) noexcept {
  switch (cost) {
    case number_cost::ordinary: return allowed;
    case number_cost::premium: return premium;
    case number_cost::satellite: return satellite;
    case number_cost::shared_cost: return shared_cost;
  }
  return not_allowed;
}

dial_verdict verdict_of(quiet_state state) noexcept {
  switch (state) {
    case quiet_state::loud: return allowed;
    case quiet_state::quiet: return quiet_hours;
    case quiet_state::zone_unknown: return zone_unknown;
  }
  return zone_unknown;
}

}  // namespace

std::string_view to_string(dial_verdict verdict) noexcept {
  return rows[static_cast<std::size_t>(verdict) % rows.size()].name;
}

std::string_view explain(dial_verdict verdict) noexcept {
  return rows[static_cast<std::size_t>(verdict) % rows.size()].explanation;
}

dial_verdict decide_dial(const tenant& t, std::string_view to, std::chrono::system_clock::time_point now) {
  if (!t.outbound || !t.outbound->enabled) return off;
  if (t.status != tenant::status_type::active) return not_active;
  const auto& rules = *t.outbound;
  if (std::ranges::none_of(rules.allowed, [&](const auto& prefix) { return to.starts_with(prefix); }))
    return not_allowed;
  if (is_listed(numbers_of(t), to)) return own_number;
  if (const auto verdict = verdict_of(cost_of(to)); verdict != allowed) return verdict;
  return rules.quiet_hours ? verdict_of(quiet_at(*rules.quiet_hours, to, now)) : allowed;
}

}  // namespace tonris::model
