#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is counted of what Twilio's REST API is asked.
struct vendor_metrics {
  enum class request : std::uint8_t {
    answered,     ///< whatever that answer was
    turned_away,  ///< 429; asked again where there is time
    unanswered,   ///< nobody knows what became of it
    full,         ///< not sent: too much is being asked at once
  };

  explicit vendor_metrics(metrics& in);

  counters_by<request> twilio;
};

}  // namespace tonris::actors
