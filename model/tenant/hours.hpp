#pragma once

#include <chrono>
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

/// Reads the zone now, so that no call waits for it; for whoever reads tenants, off the loops.
void load_time_zone(const std::string& zone);

}  // namespace tonris::model
