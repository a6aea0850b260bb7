#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Is the business open, as the clock on its wall says? An hour that the clock shows twice when summer ends counts both
/// times; what lies within the hour that it skips when summer begins never comes. A span that began the evening before
/// goes on until its end, also into a holiday. A zone that the system does not know (any more) closes nothing.
struct opening_state {
  bool open = true;
  std::string why;  ///< "it is Tuesday 18:05 in America/New_York, open 09:00-17:00"
};
/// Reads the system's time zone database once a process (25 ms), and the zone's file once.
[[nodiscard]] opening_state opening_at(const tenant::business_hours_type& hours,
                                       std::chrono::system_clock::time_point at);

/// A minute as the clock on the wall shows it.
struct wall_time {
  std::string date;     ///< "2026-11-30"
  std::string weekday;  ///< "Monday"
  std::string time;     ///< "09:00"; the end of a day is the next one's "00:00"
  bool operator==(const wall_time&) const = default;
};
/// Nothing when the system does not know the zone.
[[nodiscard]] std::optional<wall_time> wall_time_at(const std::string& zone, std::chrono::system_clock::time_point at);

/// What a caller asks: are you open, until when, when again? By the clock on the wall: an opening in the hour that it
/// skips when summer begins is told all the same.
struct opening_times {
  bool open = false;
  wall_time now;
  std::optional<wall_time> closes;  ///< when open, the end of all spans that touch; nothing: not within eight days
  /// The first opening after now, and after that end; nothing: none within a year.
  std::optional<wall_time> next_opening;
};
/// Nothing when the system does not know the zone.
[[nodiscard]] std::optional<opening_times> opening_times_at(const tenant::business_hours_type& hours,
                                                            std::chrono::system_clock::time_point at);

/// "Monday 09:00-12:00 and 13:00-17:00, Tuesday closed, …, 2026-12-25 closed": what an agent can say.
[[nodiscard]] std::string in_words(const tenant::business_hours_type& hours);

/// Reads the zone now, so that no call waits for it; for whoever reads tenants, off the loops.
void load_time_zone(const std::string& zone);

}  // namespace tonris::model
