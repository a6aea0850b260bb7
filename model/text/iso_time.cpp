#include "model/text/iso_time.hpp"

#include <cstdio>

namespace tonris::model {

namespace {

using std::chrono::milliseconds;

// The digits at [from, from + count); -1 when one of them is none.
int digits(std::string_view text, std::size_t from, std::size_t count) noexcept {
  int number = 0;
  for (const char c : text.substr(from, count)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

bool has_shape(std::string_view text) noexcept {
  constexpr std::string_view shape = "0000-00-00T00:00:00.000Z";
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != '0' && text[i] != shape[i]) return false;
  }
  return true;
}

}  // namespace

std::string iso_time(std::chrono::system_clock::time_point at) {
  const auto ms = std::chrono::floor<milliseconds>(at);
  const auto day = std::chrono::floor<std::chrono::days>(ms);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{ms - day};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}

std::optional<std::chrono::system_clock::time_point> parse_iso_time(std::string_view text) noexcept {
  if (!has_shape(text)) return std::nullopt;
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  const int ms = digits(text, 20, 3);
  if (year < 1970 || year > 2261 || month < 1 || day < 1) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || ms < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + milliseconds{ms};
}

std::optional<std::chrono::system_clock::time_point> parse_utc_time(std::string_view text) {
  if (text.empty() || text.back() != 'Z') return std::nullopt;
  const std::string begun{text.substr(0, text.size() - 1)};
  for (const auto* rest : {"Z", ".000Z", ":00.000Z"})
    if (const auto at = parse_iso_time(begun + rest)) return at;
  return std::nullopt;
}

}  // namespace tonris::model
