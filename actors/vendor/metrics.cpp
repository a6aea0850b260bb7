#include "actors/vendor/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view results[] = {"answered", "turned_away", "unanswered", "full"};

}  // namespace

vendor_metrics::vendor_metrics(metrics& in)
    : twilio(in, "tonris_twilio_requests_total", "Requests to Twilio's REST API, by what came of them", "result",
             results) {}

}  // namespace tonris::actors
