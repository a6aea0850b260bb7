#include "model/tenant/hours.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <date/tz.h>

#include "model/tenant/rules.hpp"

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

struct found_span {
  const tenant::opening* times;
  date::local_days day;
};

std::optional<found_span> open_span(const tenant::business_hours_type& hours, const wall_clock& now) {
  const auto is_in = [](const tenant::opening& times, minutes at) {
    const auto [from, to] = span_of(times);
    return from <= at && at < to;
  };
  for (const auto& times : spans_on(hours, now.day))
    if (is_in(times, now.since_midnight)) return found_span{&times, now.day};
  const auto before = now.day - date::days{1};
  for (const auto& times : spans_on(hours, before))
    if (is_in(times, now.since_midnight + whole_day)) return found_span{&times, before};
  return std::nullopt;
}

using local_minutes = date::local_time<minutes>;

wall_clock clock_at(local_minutes at) {
  const auto day = date::floor<date::days>(at);
  return {day, at - day};
}

constexpr date::days longest_span{8}, farthest_opening{366};

// Nothing where it does not close so soon. `from` is a time at which it is open.
std::optional<local_minutes> closing_after(const tenant::business_hours_type& hours, local_minutes from) {
  auto at = from;
  while (const auto found = open_span(hours, clock_at(at))) {
    at = found->day + span_of(*found->times).to;
    if (at - from > longest_span) return std::nullopt;
  }
  return at;
}

std::optional<local_minutes> opening_after(const tenant::business_hours_type& hours, local_minutes from) {
  std::optional<local_minutes> first;
  const auto today = date::floor<date::days>(from);
  for (auto day = today; !first && day <= today + farthest_opening; day += date::days{1}) {
    for (const auto& times : spans_on(hours, day)) {
      const local_minutes opens = day + span_of(times).from;
      if (opens >= from && (!first || opens < *first)) first = opens;
    }
  }
  return first;
}

std::string shown(const std::vector<tenant::opening>& spans) {
  if (spans.empty()) return "closed that day";
  std::string text = "open";
  for (const auto& times : spans)
    text.append(text == "open" ? " " : " and ").append(times.open).append("-").append(times.close);
  return text;
}

std::string shown(minutes since_midnight) {
  char time[32];
  const auto count = static_cast<int>(since_midnight.count());
  std::snprintf(time, sizeof time, "%02d:%02d", count / 60, count % 60);
  return time;
}

std::string shown(const tenant::business_hours_type& hours, const wall_clock& now) {
  return std::string{"it is "}.append(weekday_of(now.day).shown).append(" ").append(shown(now.since_midnight)) +
         " in " + hours.timezone;
}

wall_time told(const wall_clock& clock) {
  return {date_of(clock.day), std::string{weekday_of(clock.day).shown}, shown(clock.since_midnight)};
}

std::string spoken(const std::vector<tenant::opening>& spans) {
  std::string text;
  for (const auto& span : spans)
    text.append(text.empty() ? " " : " and ").append(span.open).append("-").append(span.close);
  return text;
}

}  // namespace

void load_time_zone(const std::string& zone) {
  static_cast<void>(wall_clock_of(zone, {}));
}

opening_state opening_at(const tenant::business_hours_type& hours, std::chrono::system_clock::time_point at) {
  const auto now = wall_clock_of(hours.timezone, at);
  if (!now) return {true, "the system knows no time zone " + hours.timezone};
  auto why = shown(hours, *now);
  if (const auto found = open_span(hours, *now))
    return {true, why.append(", open ").append(found->times->open).append("-").append(found->times->close)};
  if (holiday_on(hours, now->day) != nullptr) why.append(", a holiday (").append(date_of(now->day)).append(")");
  return {false, why.append(", ").append(shown(spans_on(hours, now->day)))};
}

std::optional<wall_time> wall_time_at(const std::string& zone, std::chrono::system_clock::time_point at) {
  const auto clock = wall_clock_of(zone, at);
  if (!clock) return std::nullopt;
  return told(*clock);
}

std::optional<opening_times> opening_times_at(const tenant::business_hours_type& hours,
                                              std::chrono::system_clock::time_point at) {
  const auto clock = wall_clock_of(hours.timezone, at);
  if (!clock) return std::nullopt;
  opening_times times;
  times.now = told(*clock);
  times.open = open_span(hours, *clock).has_value();
  const local_minutes now = clock->day + clock->since_midnight;
  const auto closes = times.open ? closing_after(hours, now) : std::optional{now};
  if (!closes) return times;
  if (times.open) times.closes = told(clock_at(*closes));
  if (const auto opens = opening_after(hours, *closes)) times.next_opening = told(clock_at(*opens));
  return times;
}

std::string in_words(const tenant::business_hours_type& hours) {
  std::string text;
  for (const auto day : tenant_rules::weekdays) {
    if (!text.empty()) text += ", ";
    text.append({static_cast<char>(day[0] - 'a' + 'A')}).append(day.substr(1));
    const auto found = hours.days.find(std::string{day});
    text += found == hours.days.end() ? " closed" : spoken(found->second);
  }
  for (const auto& day : hours.holidays)
    text.append(", ").append(day.date).append(day.spans.empty() ? " closed" : spoken(day.spans));
  return text;
}

}  // namespace tonris::model
