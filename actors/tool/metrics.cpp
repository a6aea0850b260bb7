#include "actors/tool/metrics.hpp"

#include <string>
#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::size_t outcomes = static_cast<std::size_t>(model::elevenlabs::tool_outcome::bad_request) + 1;
constexpr std::string_view changes[] = {"opened", "closed"};

}  // namespace

tool_metrics::tool_metrics(metrics& in)
    : answered(in, "tonris_tool_requests_total", "Tools that agents asked for over the webhook, by what came of it",
               outcomes,
               [](model::elevenlabs::tool_outcome outcome) {
                 return metric_labels{{"outcome", std::string{to_string(outcome)}}};
               }),
      circuits(in, "tonris_tool_circuit_total",
               "Tenants' tool servers left alone for a while because they failed again and again, and taken back",
               "change", changes),
      under_way(in, "tonris_tool_requests_under_way", "Tools that tenants' own servers are being asked for now") {}

}  // namespace tonris::actors
