#include "actors/records/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view outcomes[] = {"ok", "refused", "not_sent", "unknown"};
constexpr std::string_view answers[] = {"sent", "known", "gone", "too_large", "failed"};
constexpr std::string_view kinds[] = {"record", "learned", "gone", "known", "unreadable"};

}  // namespace

record_metrics::record_metrics(metrics& in)
    : sent(in, "tonris_records_sent_total",
           "Records of ended calls, and deletions, sent to the other nodes, by what came of it at Redis", "outcome",
           outcomes),
      taken(in, "tonris_records_taken_total", "What came of ended calls by Redis, by what it was here", "what", kinds),
      resent(in, "tonris_records_resent_total",
             "Records of ended calls for a node that has missed them, by what became of them", "what", answers),
      missed(in, "tonris_records_missed_total",
             "Times that this node read what the others sent so late that some of it was gone"),
      redis_memory(in, "tonris_redis_memory_bytes", "Memory that Redis used when records were sent to it last"),
      redis_memory_limit(in, "tonris_redis_memory_limit_bytes",
                         "What Redis may use of it (maxmemory), asked for with the other; 0: there is no limit"),
      unread(in, "tonris_records_unread_seconds",
             "How long ago the oldest was sent of what other nodes sent and this one has not read") {}

}  // namespace tonris::actors
