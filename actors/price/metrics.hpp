#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What came of asking Twilio for prices, and ElevenLabs for reports.
struct price_metrics {
  enum class outcome : std::uint8_t {
    found,
    pending,   ///< not rated yet: asked again
    given_up,  ///< not within a day
    failed,    ///< no answer, or one that says nothing: asked again
    full,      ///< too many wait
  };
  enum class report : std::uint8_t {
    found,
    pending,  ///< the vendor is not done with it: asked again
    unknown,  ///< the vendor has no such conversation
    failed,   ///< no answer, one that says nothing, or it could not be kept: asked again
  };
  explicit price_metrics(metrics& in);

  counters_by<outcome> asked;
  counters_by<report> reports;
  gauge waiting;
  counter no_rate;  ///< prices in a currency that the rates have no exchange rate for
};

}  // namespace tonris::actors
