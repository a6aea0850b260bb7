#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "actors/telemetry/histogram.hpp"
#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is counted of what both services' REST APIs are asked.
struct vendor_metrics {
  enum class request : std::uint8_t {
    answered,     ///< whatever that answer was
    turned_away,  ///< 429; asked again where there is time
    unanswered,   ///< nobody knows what became of it
    full,         ///< not sent: too much is being asked at once
  };

  enum class question : std::uint8_t {
    signed_url,
    agent_settings,  ///< also what is wanted of them alone
    conversation,
    conversations,  ///< a page of a day's
    twilio,         ///< each try
  };

  explicit vendor_metrics(metrics& in);

  counters_by<request> twilio;
  /// Until it was answered, whatever the answer was, or given up.
  void took(question what, std::chrono::nanoseconds time) const { took_[static_cast<std::size_t>(what)](time); }

 private:
  std::vector<histogram> took_;  // by question
};

}  // namespace tonris::actors
