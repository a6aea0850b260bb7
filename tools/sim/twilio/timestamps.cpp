#include "tools/sim/twilio/timestamps.hpp"

#include <array>
#include <ctime>

#include "model/text/iso_time.hpp"

namespace tonris::sim {

namespace {

std::string formatted(const char* format, std::chrono::system_clock::time_point at) {
  const auto seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(at));
  std::tm broken_down{};
  gmtime_r(&seconds, &broken_down);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &broken_down)};
}

}  // namespace

std::string rfc2822_time(std::chrono::system_clock::time_point at) {
  return formatted("%a, %d %b %Y %H:%M:%S +0000", at);
}

std::string stream_time(std::chrono::system_clock::time_point at) {
  return formatted("%Y-%m-%dT%H:%M:%S.000Z", at);
}

std::optional<asked_time> parse_asked_time(std::string_view text) {
  constexpr std::size_t day_length = 10;
  if (text.size() == day_length) {
    const auto day = model::parse_iso_time(std::string{text} + "T00:00:00.000Z");
    return day ? std::optional{asked_time{*day, *day + std::chrono::hours{24}}} : std::nullopt;
  }
  const auto second = model::parse_utc_time(text);
  return second ? std::optional{asked_time{*second, *second + std::chrono::seconds{1}}} : std::nullopt;
}

}  // namespace tonris::sim
