#include "actors/call/shared_record_metrics.hpp"

namespace tonris::actors {

shared_record_metrics::shared_record_metrics(metrics& in)
    : waiting(in, "tonris_records_waiting", "Ended calls of which the other nodes are still to be sent something"),
      behind(in, "tonris_records_behind_seconds",
             "How long the oldest of what the other nodes are still to be sent has waited"),
      unshared(in, "tonris_records_unshared_total",
               "Records of ended calls that no other node gets, because too many waited to be sent") {}

}  // namespace tonris::actors
