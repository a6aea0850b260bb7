#include "actors/vendor/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view results[] = {"answered", "turned_away", "unanswered", "full"};
constexpr const char* questions[] = {"signed_url", "agent_settings", "conversation", "conversations", "twilio"};
constexpr double bounds[] = {0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10};

}  // namespace

vendor_metrics::vendor_metrics(metrics& in)
    : twilio(in, "tonris_twilio_requests_total", "Requests to Twilio's REST API, by what came of them", "result",
             results) {
  for (const auto* const what : questions)
    took_.emplace_back(in, "tonris_vendor_request_seconds",
                       "How long requests to ElevenLabs' and Twilio's REST APIs took, answered or not", bounds,
                       metric_labels{{"request", what}});
}

}  // namespace tonris::actors
