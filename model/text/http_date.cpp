#include "model/text/http_date.hpp"

#include <array>
#include <charconv>

namespace tonris::model {

namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// All digits of it; -1: they are none.
int number(std::string_view digits) noexcept {
  int out = -1;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return read.ec == std::errc{} && read.ptr == digits.data() + digits.size() && out >= 0 ? out : -1;
}

unsigned month(std::string_view name) noexcept {
  for (unsigned i = 0; i < months.size(); ++i)
    if (months[i] == name) return i + 1;
  return 0;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept {
  constexpr std::string_view form = "Sun, 29 Nov 2026 10:00:00 GMT";
  if (text.size() != form.size() || !text.ends_with(" GMT")) return std::nullopt;
  const int day = number(text.substr(5, 2)), year = number(text.substr(12, 4));
  const int hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2)), second = number(text.substr(23, 2));
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month(text.substr(8, 3))},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (day < 0 || year < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second};
}

}  // namespace tonris::model
