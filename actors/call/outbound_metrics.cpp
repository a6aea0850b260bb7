#include "actors/call/outbound_metrics.hpp"

#include <string>

namespace tonris::actors {

outbound_metrics::outbound_metrics(metrics& in)
    : decided(in, "tonris_outbound_asked_total", "Calls that the API was asked to place, by what was decided",
              model::dial_verdict_count,
              [](model::dial_verdict verdict) {
                return metric_labels{{"verdict", std::string{to_string(verdict)}}};
              }),
      order(in, "tonris_outbound_orders_total", "Calls that Twilio was to place, by what came of it", "outcome",
            {"placed", "found", "repeated", "refused", "unknown"}),
      answered_by(in, "tonris_outbound_answered_by_total", "Who answered calls that we placed, as Twilio heard it",
                  "by", {"human", "machine", "fax", "unknown"}),
      forgotten(in, "tonris_outbound_forgotten_total",
                "Calls that we placed and forgot before their day was over: too many are remembered"),
      keeping_failed(in, "tonris_outbound_keep_failures_total",
                     "Times that what is known of placed calls could not be written to the disk"),
      sharing_failed(in, "tonris_outbound_share_failures_total",
                     "Questions to Redis about calls that nodes place that it did not answer"),
      untold(in, "tonris_outbound_untold_total",
             "What became of placed calls and Redis will not be told: too many wait for it") {}

}  // namespace tonris::actors
