#include "actors/drift/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view outcomes[] = {"kept", "anew", "failed", "clock_doubted", "elsewhere", "taken"};
constexpr const char* flagged = "tonris_cost_drift_tenants";
constexpr const char* about = "Tenants whose bill of the last day that was kept differs from our meter by over 1 %";

}  // namespace

drift_metrics::drift_metrics(metrics& in)
    : days(in, "tonris_cost_drift_looks_total", "What came of holding a day's calls against their bills", "outcome",
           outcomes),
      at_twilio(in, flagged, about, {{"vendor", "twilio"}}),
      at_elevenlabs(in, flagged, about, {{"vendor", "elevenlabs"}}) {}

}  // namespace tonris::actors
