#include "model/usage_report/grouped_usage.hpp"

#include <utility>

namespace tonris::model {

namespace {

bool* part_named(usage_grouping& of, std::string_view name) noexcept {
  if (name == "tenant") return &of.tenant;
  if (name == "day") return &of.day;
  if (name == "agent") return &of.agent;
  if (name == "variant") return &of.variant;
  return nullptr;
}

usage_sums sums_of(const usage_figures& one) {
  usage_sums sums;
  sums.add(one);
  return sums;
}

void write(json_writer& out, const grouped_usage::key& key, const usage_grouping& by) {
  if (by.tenant) out.member("tenantId", key.tenant.value);
  if (key.day) out.member("day", to_string(*key.day));
  if (by.agent) out.member("agentId", key.agent.value);
  if (by.variant) out.member("variant", key.variant);
}

}  // namespace

std::optional<usage_grouping> parse_usage_grouping(std::string_view text) noexcept {
  usage_grouping by;
  if (text.empty()) return by;
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    bool* const part = part_named(by, text.substr(0, comma));
    if (part == nullptr || std::exchange(*part, true)) return std::nullopt;
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
  }
  return by;
}

usage_entry entry_of(const call_record& record) {
  return {record.tenant, record.started, record.agent, record.variant};
}

std::optional<grouped_usage> grouped_usage::make(const usage_grouping& by, std::string zone) {
  if (!local_day_at(zone, {})) return std::nullopt;
  return grouped_usage{by, std::move(zone)};
}

void grouped_usage::add(const usage_entry& whose, const usage_figures& used) {
  add(whose, sums_of(used));
}

void grouped_usage::add(const usage_entry& whose, const usage_sums& used) {
  total_.merge(used);
  auto which = key_of(whose);
  const auto there = groups_.find(which);
  if (there != groups_.end())
    there->second.merge(used);
  else if (groups_.size() < most_groups)
    groups_.emplace(std::move(which), used);
  else
    left_out_ += used.calls + used.refused;
}

grouped_usage::key grouped_usage::key_of(const usage_entry& whose) const {
  key of;
  if (by_.tenant) of.tenant = whose.tenant;
  if (by_.day) of.day = local_day_at(zone_, whose.started);
  if (by_.agent) of.agent = whose.agent;
  if (by_.variant) of.variant = whose.variant.empty() ? whose.agent.value : whose.variant;
  return of;
}

std::string to_json(const grouped_usage& usage) {
  std::string json;
  json_writer out(json);
  out.open_object();
  out.open_list("items");
  for (const auto& [key, sums] : usage.groups()) {
    out.open_object();
    write(out, key, usage.by());
    write_members(out, sums);
    out.close_object();
  }
  out.close_list();
  out.open_object("total");
  write_members(out, usage.total());
  out.close_object();
  if (usage.left_out() > 0) out.member("leftOut", usage.left_out());
  out.close_object();
  return json;
}

}  // namespace tonris::model
