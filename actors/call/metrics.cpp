#include "actors/call/metrics.hpp"

#include <chrono>
#include <string>

namespace tonris::actors {

namespace {

counters_by_reason by_reason(metrics& in, const char* name, const char* help) {
  return {
      in, name, help, model::end_reason_count, [](model::end_reason reason) {
        return metric_labels{{"reason", std::string{to_string(reason)}}, {"by", std::string{to_string(who(reason))}}};
      }};
}

constexpr double gap_bounds[] = {0.02, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
constexpr double jitter_bounds[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1};

counter frames(metrics& in, const char* direction) {
  return {in, "tonris_frames_total", "Audio frames of ended calls", {{"direction", direction}}};
}

}  // namespace

call_metrics::call_metrics(metrics& in)
    : call_started(in, "tonris_calls_started_total", "Calls taken"),
      live_calls(in, "tonris_calls_live", "Calls now"),
      call_refused(by_reason(in, "tonris_calls_refused_total", "Calls answered with a sentence instead of an agent")),
      call_troubled(by_reason(in, "tonris_calls_troubled_total", "Calls whose caller gave up, by what was wrong")),
      agent_restarted(
          by_reason(in, "tonris_agent_restarts_total", "Agent legs restarted, by what ended the one before")),
      agent_changed(by_reason(in, "tonris_agent_changes_total",
                              "Calls that went on with the next agent of their list, by what was wrong with the one "
                              "before")),
      agent_circuit(in, "tonris_agent_circuits_total",
                    "Agents that failed again and again and were left alone for a while, or serve again", "turn",
                    {"opened", "closed"}),
      routed(in, "tonris_calls_routed_total", "Calls by the rule that decided where they go", model::route_rule_count,
             [](model::route_rule rule) {
               return metric_labels{{"rule", std::string{to_string(rule)}}};
             }),
      waiting_unknown(in, "tonris_waiting_callers_full_total",
                      "Callers in line who leave no record if they hang up: too many waited"),
      stream_dropped(in, "tonris_streams_dropped_total", "Streams that broke while their caller may be on the line"),
      stream_offered(in, "tonris_streams_offered_total", "New streams given to callers whose stream was over"),
      call_resumed(in, "tonris_calls_resumed_total", "Calls that went on from what was known of them", "after",
                   {"crash", "store", "hang_up", "transfer"}),
      fallback(in, "tonris_fallbacks_total", "Steps of a fallback that callers were given", "step"),
      client_tool(in, "tonris_client_tools_total", "Client tools that agents asked for, by what came of them",
                  "outcome", {"done", "refused", "unknown", "late"}),
      transfer_decided(in, "tonris_transfers_decided_total", "Transfers that agents asked for, by what was decided",
                       model::transfer_verdict_count,
                       [](model::transfer_verdict verdict) {
                         return metric_labels{{"verdict", std::string{to_string(verdict)}}};
                       }),
      transfer(in, "tonris_transfers_total", "Transfers by agents that were dialled, and what came of them", "outcome",
               {"ringing", "answered", "not_answered", "failed"}),
      transfer_count_forgotten(in, "tonris_transfer_counts_forgotten_total",
                               "Callers whose transfers of the day were forgotten early: too many are remembered"),
      rehearsal(in, "tonris_rehearsals_total",
                "Calls of tenants that rehearse a failure: planned, and of these done; refused", "result",
                {"planned", "refused", "done"}),
      ended_(by_reason(in, "tonris_calls_ended_total", "Calls that ended, by reason and by who caused it")),
      frames_from_caller_(frames(in, "from_caller")),
      frames_to_caller_(frames(in, "to_caller")),
      frames_dropped_(frames(in, "dropped")),
      media_(in) {}

void call_metrics::call_ended(model::end_reason why, const model::call_record::media_counts& media,
                              const model::call_record::media_counts& counted) const {
  ended_(why);
  frames_from_caller_(media.frames_from_caller - counted.frames_from_caller);
  frames_to_caller_(media.frames_to_caller - counted.frames_to_caller);
  frames_dropped_(media.dropped - counted.dropped);
  media_.call_ended(media, counted);
}

media_metrics::media_metrics(metrics& in)
    : gaps_(in, "tonris_caller_gaps_total", "Gaps in the audio of ended calls' callers"),
      pauses_(in, "tonris_agent_pauses_total", "Holes in what agents of ended calls said"),
      bad_frames_(in, "tonris_caller_frames_total", "Callers' frames of ended calls that did not come as they should",
                  "what", {"late", "lost", "out_of_order", "duplicate"}),
      gap_time_(in, "tonris_caller_gap_seconds", "How much of its caller's audio an ended call is missing", gap_bounds),
      jitter_(in, "tonris_caller_jitter_seconds", "The worst jitter of an ended call's caller", jitter_bounds) {}

void media_metrics::call_ended(const counts& media, const counts& counted) const {
  if (media.frames_from_caller == counted.frames_from_caller) return;  // it had no caller
  const auto& now = media.from_caller;
  const auto& then = counted.from_caller;
  gaps_(now.gaps - then.gaps);
  gap_time_(std::chrono::milliseconds{now.gap_ms - then.gap_ms});
  jitter_(std::chrono::microseconds{now.worst_jitter_us});
  bad_frames_.of(bad_frame::late)(now.late - then.late);
  bad_frames_.of(bad_frame::lost)(now.lost - then.lost);
  bad_frames_.of(bad_frame::out_of_order)(now.out_of_order - then.out_of_order);
  bad_frames_.of(bad_frame::duplicate)(now.duplicates - then.duplicates);
  pauses_(media.to_caller.pauses - counted.to_caller.pauses);
}

tenant_metrics::tenant_metrics(metrics& in)
    : started_(in, "tonris_tenant_calls_started_total", "Calls taken, by tenant", "tenant", most_tenants),
      refused_(in, "tonris_tenant_calls_refused_total", "Calls refused, by tenant and reason", "tenant", most_tenants,
               "reason"),
      variant_(in, "tonris_variant_calls_total", "Calls taken, by tenant and by the variant that the routing chose",
               "tenant", "variant", most_variants) {}

store_metrics::store_metrics(metrics& in)
    : store_written(in, "tonris_store_writes_total", "Batches the call store has written"),
      store_failed(in, "tonris_store_failures_total", "Batches the call store could not write and tries again"),
      store_dropped(in, "tonris_store_dropped_total",
                    "Entries for the call store that were lost: too many, unreadable, ownerless"),
      read_refused(in, "tonris_store_reads_refused_total",
                   "Lists, sums and searches that were refused because too many waited for the store's reader"),
      audio_left(in, "tonris_recordings_orphaned_total",
                 "Calls whose record went while Twilio still kept a message or recording that could not be deleted") {}

}  // namespace tonris::actors
