#include "model/tenant/hours.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <date/tz.h>

namespace tonris::model {

namespace {

using minutes = std::chrono::minutes;

constexpr minutes whole_day{24 * 60};

struct wall_clock {
  date::local_days day;
  minutes since_midnight;
};

std::optional<wall_clock> wall_clock_of(const std::string& zone, std::chrono::system_clock::time_point at) {
  try {
    const auto local = date::locate_zone(zone)->to_local(std::chrono::floor<minutes>(at));
    const auto day = date::floor<date::days>(local);
    return wall_clock{day, std::chrono::floor<minutes>(local - day)};
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::string date_of(date::local_days day) {
  const date::year_month_day ymd{day};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", int{ymd.year()}, unsigned{ymd.month()}, unsigned{ymd.day()});
  return text;
}

struct weekday_name {
  std::string_view key, shown;
};

weekday_name weekday_of(date::local_days day) {
  static constexpr std::array<weekday_name, 7> names{{{"sunday", "Sunday"},
                                                      {"monday", "Monday"},
                                                      {"tuesday", "Tuesday"},
                                                      {"wednesday", "Wednesday"},
                                                      {"thursday", "Thursday"},
                                                      {"friday", "Friday"},
                                                      {"saturday", "Saturday"}}};
  return names[date::weekday{day}.c_encoding()];
}

const tenant::holiday* holiday_on(const tenant::business_hours_type& hours, date::local_days day) {
  if (hours.holidays.empty()) return nullptr;
  const auto date = date_of(day);
  const auto found = std::find_if(hours.holidays.begin(), hours.holidays.end(),
                                  [&](const tenant::holiday& one) { return one.date == date; });
  return found == hours.holidays.end() ? nullptr : &*found;
}

const std::vector<tenant::opening>& spans_on(const tenant::business_hours_type& hours, date::local_days day) {
  static const std::vector<tenant::opening> none;
  if (const auto* holiday = holiday_on(hours, day)) return holiday->spans;
  const auto found = hours.days.find(std::string{weekday_of(day).key});
  return found == hours.days.end() ? none : found->second;
}

minutes minutes_of(std::string_view time) {  // "HH:MM", which the reader has checked
  const auto digit = [&](std::size_t at) { return time[at] - '0'; };
  return minutes{(digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4)};
}

/// The span, seen from the midnight with which its day begins; beyond a day where it ends the next morning.
struct span {
  minutes from, to;
};

span span_of(const tenant::opening& times) {
  const auto from = minutes_of(times.open), to = minutes_of(times.close);
  return {from, to < from ? to + whole_day : to};
}

const tenant::opening* open_span(const tenant::business_hours_type& hours, const wall_clock& now) {
  const auto is_in = [](const tenant::opening& times, minutes at) {
    const auto [from, to] = span_of(times);
    return from <= at && at < to;
  };
  for (const auto& times : spans_on(hours, now.day))
    if (is_in(times, now.since_midnight)) return &times;
  for (const auto& times : spans_on(hours, now.day - date::days{1}))
    if (is_in(times, now.since_midnight + whole_day)) return &times;
  return nullptr;
}

std::string shown(const std::vector<tenant::opening>& spans) {
  if (spans.empty()) return "closed that day";
  std::string text = "open";
  for (const auto& times : spans)
    text.append(text == "open" ? " " : " and ").append(times.open).append("-").append(times.close);
  return text;
}

std::string shown(const tenant::business_hours_type& hours, const wall_clock& now) {
  char time[32];
  const auto count = static_cast<int>(now.since_midnight.count());
  std::snprintf(time, sizeof time, "%02d:%02d", count / 60, count % 60);
  return std::string{"it is "}.append(weekday_of(now.day).shown).append(" ").append(time).append(" in ") +
         hours.timezone;
}

}  // namespace

void load_time_zone(const std::string& zone) {
  static_cast<void>(wall_clock_of(zone, {}));
}

opening_state opening_at(const tenant::business_hours_type& hours, std::chrono::system_clock::time_point at) {
  const auto now = wall_clock_of(hours.timezone, at);
  if (!now) return {true, "the system knows no time zone " + hours.timezone};
  auto why = shown(hours, *now);
  if (const auto* span = open_span(hours, *now))
    return {true, why.append(", open ").append(span->open).append("-").append(span->close)};
  if (holiday_on(hours, now->day) != nullptr) why.append(", a holiday (").append(date_of(now->day)).append(")");
  return {false, why.append(", ").append(shown(spans_on(hours, now->day)))};
}

}  // namespace tonris::model
