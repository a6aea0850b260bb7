#include "model/outbound/quiet_hours.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/outbound/called_zones_text.hpp"
#include "model/phone/cost.hpp"
#include "model/tenant/hours.hpp"

namespace tonris::model {

namespace {

using zone_table = std::map<std::string, std::vector<std::string>, std::less<>>;

// A test reads the file whole.
zone_table read_table() {
  zone_table table;
  rapidjson::Document document;
  document.Parse(called_zones_json.data(), called_zones_json.size());
  if (!document.IsObject()) return table;
  for (const auto& country : std::as_const(document).GetObject()) {
    auto& zones = table[std::string{text_of(country.name)}];
    if (!country.value.IsArray()) continue;
    for (const auto& zone : country.value.GetArray())
      if (zone.IsString()) zones.emplace_back(text_of(zone));
  }
  return table;
}

const zone_table& table() {
  static const zone_table read = read_table();
  return read;
}

}  // namespace

std::vector<std::string> zones_of(std::string_view e164) {
  std::vector<std::string> all;
  for (const auto& region : regions_of(e164)) {
    const auto found = table().find(region);
    if (found == table().end()) return {};
    all.insert(all.end(), found->second.begin(), found->second.end());
  }
  return all;
}

bool is_within(const tenant::outbound_type::quiet_type& hours, std::string_view time) noexcept {
  const bool over_midnight = hours.to < hours.from;
  return over_midnight ? time >= hours.from || time < hours.to : time >= hours.from && time < hours.to;
}

quiet_state quiet_at(const tenant::outbound_type::quiet_type& hours, std::string_view e164,
                     std::chrono::system_clock::time_point now) {
  const auto zones = zones_of(e164);
  if (zones.empty()) return quiet_state::zone_unknown;
  bool quiet = false;
  for (const auto& zone : zones) {
    const auto there = wall_time_at(zone, now);
    if (!there) return quiet_state::zone_unknown;
    quiet = quiet || is_within(hours, there->time);
  }
  return quiet ? quiet_state::quiet : quiet_state::loud;
}

}  // namespace tonris::model
