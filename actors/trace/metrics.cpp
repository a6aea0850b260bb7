#include "actors/trace/metrics.hpp"

namespace tonris::actors {

trace_metrics::trace_metrics(metrics& in)
    : sent(in, "tonris_traces_sent_total", "Traces of calls that the collector took"),
      dropped(in, "tonris_traces_dropped_total", "Traces of calls that were lost, by why", "why",
              {"queue_full", "unread", "collector"}),
      waiting(in, "tonris_traces_waiting", "Ended calls whose traces are not told yet") {}

}  // namespace tonris::actors
