#include "model/tenant/read_hours.hpp"

#include <set>
#include <utility>

#include "model/tenant/read_action.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;

tenant::opening read_opening(const rapidjson::Value& value, const std::string& path, json_mistakes& mistakes) {
  json_fields fields{value, path, mistakes};
  tenant::opening times{fields.required_text("open", rules::opens), fields.required_text("close", rules::closes)};
  if (!times.open.empty() && times.open == times.close) fields.refuse("close", "must differ from open");
  fields.refuse_unknown();
  return times;
}

/// One `{open, close}` or a list of them.
std::vector<tenant::opening> read_openings(json_fields& fields, std::string_view key, json_mistakes& mistakes) {
  std::vector<tenant::opening> spans;
  const auto* value = fields.any(key);
  if (value == nullptr) return spans;
  if (!value->IsArray()) {
    spans.push_back(read_opening(*value, fields.path_of(key), mistakes));
    return spans;
  }
  fields.list(key, rules::max_spans, [&](const rapidjson::Value& item, const std::string& path) {
    spans.push_back(read_opening(item, path, mistakes));
  });
  return spans;
}

std::vector<tenant::holiday> read_holidays(json_fields& hours, json_mistakes& mistakes) {
  std::vector<tenant::holiday> holidays;
  std::set<std::string> seen;
  hours.list("holidays", rules::max_holidays, [&](const rapidjson::Value& item, const std::string& path) {
    json_fields fields{item, path, mistakes};
    tenant::holiday day{fields.required_text("date", rules::date), read_openings(fields, "hours", mistakes)};
    fields.refuse_unknown();
    if (!day.date.empty() && !seen.insert(day.date).second) fields.refuse("date", "is in the list twice");
    holidays.push_back(std::move(day));
  });
  return holidays;
}

tenant::closed_type read_closed(json_fields& hours, json_mistakes& mistakes) {
  tenant::closed_type closed;
  hours.object("closed", [&](json_fields& fields) {
    auto read = read_action(fields, rules::closed_action, mistakes);
    closed = {read.what, std::move(read.transfer_to), std::move(read.agent)};
  });
  return closed;
}

}  // namespace

std::optional<tenant::business_hours_type> read_business_hours(json_fields& settings, const zone_check& zone_exists,
                                                               json_mistakes& mistakes) {
  tenant::business_hours_type hours;
  const bool there = settings.object("businessHours", [&](json_fields& fields) {
    hours.timezone = fields.required_text("timezone", rules::timezone);
    if (!hours.timezone.empty() && zone_exists && !zone_exists(hours.timezone))
      fields.refuse("timezone", "is in no time zone database; it must be such as America/New_York");
    for (const auto day : rules::weekdays) {
      auto spans = read_openings(fields, day, mistakes);
      if (!spans.empty()) hours.days.emplace(day, std::move(spans));
    }
    hours.holidays = read_holidays(fields, mistakes);
    hours.closed = read_closed(fields, mistakes);
  });
  if (!there) return std::nullopt;
  return hours;
}

}  // namespace tonris::model
