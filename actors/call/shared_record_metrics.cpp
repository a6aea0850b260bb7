#include "actors/call/shared_record_metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view reasons[] = {"too_many", "too_large"};

}  // namespace

shared_record_metrics::shared_record_metrics(metrics& in)
    : waiting(in, "tonris_records_waiting", "Ended calls of which the other nodes are still to be sent something"),
      behind(in, "tonris_records_behind_seconds",
             "How long the oldest of what the other nodes are still to be sent has waited"),
      aged(in, "tonris_records_aged", "Ended calls of which Redis may still have what is past its days"),
      held(in, "tonris_records_held", "Calls of which something was told that waits for their record"),
      unshared(in, "tonris_records_unshared_total", "Records of ended calls that no other node gets, by why", "reason",
               reasons) {}

}  // namespace tonris::actors
