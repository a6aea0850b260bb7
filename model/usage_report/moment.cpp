#include "model/usage_report/moment.hpp"

#include <algorithm>
#include <stdexcept>

#include <date/tz.h>

#include "model/text/ascii.hpp"
#include "model/text/iso_time.hpp"
#include "model/usage_report/local_day.hpp"

namespace tonris::model {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using time = std::chrono::system_clock::time_point;

constexpr std::size_t offset_size = std::string_view{"+01:00"}.size();

/// East of Greenwich.
std::optional<minutes> offset_in(std::string_view text) noexcept {
  constexpr minutes most = std::chrono::hours{14};
  if (text.size() != offset_size || text[3] != ':') return std::nullopt;
  const bool is_west = text[0] == '-';
  if (!is_west && text[0] != '+' && text[0] != ' ') return std::nullopt;
  for (const auto at : {1U, 2U, 4U, 5U})
    if (!is_digit(text[at])) return std::nullopt;
  const auto number = [text](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const minutes offset = std::chrono::hours{number(1)} + minutes{number(4)};
  if (number(4) > 59 || offset > most) return std::nullopt;
  return is_west ? -offset : offset;
}

std::optional<time> with_offset(std::string_view text) {
  if (text.size() <= offset_size) return std::nullopt;
  const auto begin = text.size() - offset_size;
  const auto offset = offset_in(text.substr(begin));
  const auto local = offset ? parse_utc_time(std::string{text.substr(0, begin)} + "Z") : std::nullopt;
  return local ? std::optional{*local - *offset} : std::nullopt;
}

std::optional<time> of_zone(std::string_view text, const std::string& zone) {
  const auto as_utc = parse_utc_time(std::string{text} + "Z");
  if (!as_utc || zone.empty() || zone == "UTC") return as_utc;
  const date::local_time<milliseconds> local{std::chrono::floor<milliseconds>(as_utc->time_since_epoch())};
  try {
    return date::locate_zone(zone)->to_sys(local, date::choose::earliest);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::optional<time> of_day(local_day day, const std::string& zone, bool is_end) {
  const auto span = span_of(day, zone);
  if (!span) return std::nullopt;
  return is_end ? span->to : span->from;
}

}  // namespace

bool is_zone(const std::string& zone) {
  return span_of(local_day{}, zone).has_value();
}

std::optional<time> moment_in(std::string_view text, const std::string& zone, bool is_end) {
  const auto at = [&]() -> std::optional<time> {
    if (const auto day = parse_local_day(text)) return of_day(*day, zone, is_end);
    if (text.ends_with('Z')) return parse_utc_time(text);
    if (const auto there = with_offset(text)) return there;
    return of_zone(text, zone);
  }();
  return at ? std::optional{std::max(*at, time{})} : std::nullopt;  // nothing was before 1970
}

}  // namespace tonris::model
