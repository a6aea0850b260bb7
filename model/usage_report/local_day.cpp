#include "model/usage_report/local_day.hpp"

#include <cstdio>
#include <stdexcept>

#include <date/tz.h>

#include "model/text/iso_time.hpp"

namespace tonris::model {

namespace {

using time = std::chrono::system_clock::time_point;

bool is_utc(const std::string& zone) noexcept {
  return zone.empty() || zone == "UTC";
}

time begin_of(local_day day, const std::string& zone) {
  const auto since_1970 = day.date.time_since_epoch();
  if (is_utc(zone)) return time{since_1970};
  const date::local_days midnight{since_1970};
  return date::locate_zone(zone)->to_sys(midnight, date::choose::earliest);
}

}  // namespace

std::string to_string(local_day day) {
  const std::chrono::year_month_day ymd{day.date};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                static_cast<unsigned>(ymd.day()));
  return text;
}

std::optional<local_day> parse_local_day(std::string_view text) {
  const auto at = parse_iso_time(std::string{text} + "T00:00:00.000Z");
  if (!at) return std::nullopt;
  return local_day{std::chrono::local_days{std::chrono::floor<std::chrono::days>(*at).time_since_epoch()}};
}

std::optional<local_day> local_day_at(const std::string& zone, time at) {
  using std::chrono::days;
  if (is_utc(zone)) return local_day{std::chrono::local_days{std::chrono::floor<days>(at).time_since_epoch()}};
  try {
    const auto local = date::locate_zone(zone)->to_local(std::chrono::floor<std::chrono::milliseconds>(at));
    return local_day{std::chrono::local_days{date::floor<days>(local).time_since_epoch()}};
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::optional<day_span> span_of(local_day day, const std::string& zone) {
  try {
    return day_span{begin_of(day, zone), begin_of({day.date + std::chrono::days{1}}, zone)};
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

}  // namespace tonris::model
