#include "actors/drift/bill_metrics.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace tonris::actors {

namespace {

constexpr std::array outcomes{"read", "cut", "refused", "failed", "to_come"};
constexpr const char* lists = "tonris_bill_lists_total";
constexpr const char* about_lists = "What came of reading the vendors' lists of a day, one an account or key";
constexpr const char* unknown = "tonris_unknown_calls";
constexpr const char* about_unknown =
    "Calls or conversations of the last day that was kept that the vendor bills and nobody here knows";

auto labels_at(const char* vendor) {
  return [vendor](bill_metrics::outcome what) {
    return metric_labels{{"vendor", vendor}, {"outcome", outcomes.at(static_cast<std::size_t>(what))}};
  };
}

}  // namespace

bill_metrics::bill_metrics(metrics& in)
    : at_twilio(in, lists, about_lists, outcomes.size(), labels_at("twilio")),
      at_elevenlabs(in, lists, about_lists, outcomes.size(), labels_at("elevenlabs")),
      unknown_at_twilio(in, unknown, about_unknown, {{"vendor", "twilio"}}),
      unknown_at_elevenlabs(in, unknown, about_unknown, {{"vendor", "elevenlabs"}}),
      unreadable(in, "tonris_bill_records_unreadable_total",
                 "Records without a readable CallSid among those that vendors' lists are held against, each time"),
      sharing_failed(in, "tonris_bill_sharing_failures_total",
                     "Questions about the vendors' lists of a day that Redis has not answered") {}

}  // namespace tonris::actors
