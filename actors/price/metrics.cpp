#include "actors/price/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view outcomes[] = {"found", "pending", "given_up", "failed", "full"};
constexpr std::string_view report_outcomes[] = {"found", "pending", "unknown", "failed"};

}  // namespace

price_metrics::price_metrics(metrics& in)
    : asked(in, "tonris_prices_total", "What came of asking Twilio what a call has cost", "outcome", outcomes),
      reports(in, "tonris_reports_asked_total",
              "What came of asking ElevenLabs about a conversation that it had not reported", "outcome",
              report_outcomes),
      waiting(in, "tonris_prices_waiting", "Ended calls of which a vendor has not said yet what they have cost"),
      no_rate(in, "tonris_prices_without_rate_total",
              "Prices in a currency that the rates have no exchange rate for: their calls have no total") {}

}  // namespace tonris::actors
