#include "actors/runtime/metrics.hpp"

namespace tonris::actors {

actor_metrics::actor_metrics(metrics& in)
    : crashed(in, "tonris_actor_crashes_total", "Actors that ended by an exception", "actor"),
      node_part_restarted(in, "tonris_node_part_restarts_total", "Parts of the node that crashed and were restarted",
                          "part"),
      unhandled_message(in, "tonris_unhandled_messages_total", "Messages that an actor of ours has no handler for",
                        "actor") {}

}  // namespace tonris::actors
