#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// The time zones in which that number may ring, by config/called_zones.json: of a country with several all of them,
/// since a number does not say where in it somebody is. None: nobody knows where it rings.
[[nodiscard]] std::vector<std::string> zones_of(std::string_view e164);

enum class quiet_state {
  loud,          ///< in none of the zones it is quiet now
  quiet,         ///< at least in one
  zone_unknown,  ///< nobody knows where the number rings, or the system does not know such a zone
};
[[nodiscard]] quiet_state quiet_at(const tenant::outbound_type::quiet_type& hours, std::string_view e164,
                                   std::chrono::system_clock::time_point now);

/// Is the wall clock's `time` ("21:30") within them? `to` itself is not. "21:00" to "08:00" goes over midnight.
[[nodiscard]] bool is_within(const tenant::outbound_type::quiet_type& hours, std::string_view time) noexcept;

}  // namespace tonris::model
