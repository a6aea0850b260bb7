#include "actors/admission/metrics.hpp"

#include <string>
#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view ways[] = {"counted", "again", "overflow", "policy"};
constexpr std::string_view outcomes[] = {"ok", "refused", "not_sent", "unknown"};
constexpr std::string_view losses[] = {"fenced", "ended"};

}  // namespace

admission_metrics::admission_metrics(metrics& in)
    : let_in(in, "tonris_admissions_total", "Calls let in, by how", "how", ways),
      refused(in, "tonris_admissions_refused_total", "Calls not let in, by the limit that was met",
              model::admission_verdict_count,
              [](model::admission_verdict why) {
                return metric_labels{{"limit", std::string{to_string(why)}}};
              }),
      told_to_wait(in, "tonris_admissions_waiting_total", "Times a caller was told to wait for a place"),
      gave_up(in, "tonris_admissions_given_up_total", "Callers who hung up while they waited for a place"),
      crowded_out(in, "tonris_admissions_forgotten_total",
                  "Ended calls and callers that admission forgot before their time, because there were too many"),
      usage_dropped(in, "tonris_usage_dropped_total",
                    "Calls whose usage was not written down, because too many waited for the disk"),
      usage_unwritten(in, "tonris_usage_failures_total",
                      "Times that what is used of months could not be written and was kept for the next"),
      shared_answers(in, "tonris_admission_redis_answers_total", "Answers of Redis to admission, by what came of them",
                     "outcome", outcomes),
      lost(in, "tonris_admission_leases_lost_total", "Live calls whose place another node, or nobody, has at Redis",
           "why", losses),
      never_released(in, "tonris_admission_releases_dropped_total",
                     "Places that were left to lapse, because too many ends of calls waited for Redis"),
      vendor_calls(in, "tonris_vendor_calls",
                   "Conversations at ElevenLabs that this node holds with the gateway's key"),
      vendor_limit(in, "tonris_vendor_calls_limit",
                   "Conversations at once that the gateway's key may hold (ELEVENLABS_MAX_CALLS); 0: no limit is set") {
}

}  // namespace tonris::actors
