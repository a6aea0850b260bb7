#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "actors/telemetry/histogram.hpp"
#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/record.hpp"
#include "model/tenant/route.hpp"
#include "model/tool/transfer_guard.hpp"

namespace tonris::actors {

using counters_by_reason = counters_by<model::end_reason>;

/// How the audio of ended calls came.
struct media_metrics {
  using counts = model::call_record::media_counts;
  enum class bad_frame : std::uint8_t { late, lost, out_of_order, duplicate };

  explicit media_metrics(metrics& in);
  void call_ended(const counts& media, const counts& counted) const;

 private:
  counter gaps_, pauses_;
  counters_by<bad_frame> bad_frames_;
  histogram gap_time_, jitter_;
};

/// What is counted of calls, by themselves and by their supervisor.
struct call_metrics {
  enum class resumption : std::uint8_t { crash, store, hang_up, transfer };  ///< what a call came back from
  enum class circuit : std::uint8_t { opened, closed };
  enum class client_tool_outcome : std::uint8_t { done, refused, unknown, late };
  enum class rehearsed : std::uint8_t { planned, refused, done };

  explicit call_metrics(metrics& in);

  /// `counted`: what of its media is counted already.
  void call_ended(model::end_reason why, const model::call_record::media_counts& media,
                  const model::call_record::media_counts& counted) const;

  counter call_started;
  gauge live_calls;
  counters_by_reason call_refused;   ///< with a sentence, at the webhook
  counters_by_reason call_troubled;  ///< it ended in the ordinary way, because its caller gave up
  counters_by_reason agent_restarted;
  counters_by_reason agent_changed;       ///< for the next of the call's list
  counters_by<circuit> agent_circuit;     ///< of agents that failed again and again, and serve again
  counters_by<model::route_rule> routed;  ///< by the rule that decided
  counter waiting_unknown;                ///< callers in line who leave no record: too many wait
  counter stream_dropped;
  counter stream_offered;  ///< a new one, to a caller whose stream dropped
  counters_by<resumption> call_resumed;
  counters_named fallback;  ///< by its step
  counters_by<client_tool_outcome> client_tool;
  counters_by<model::transfer_verdict> transfer_decided;             ///< what the agent asked for
  counters_by<model::call_record::transfer::outcome_type> transfer;  ///< what came of those that were dialled
  counter transfer_count_forgotten;
  counters_by<rehearsed> rehearsal;

 private:
  counters_by_reason ended_;
  counter frames_from_caller_, frames_to_caller_, frames_dropped_;
  media_metrics media_;
};

/// What is counted tenant by tenant: the first thousand by their names, all others together; so are variants, the first
/// thousand of all tenants'.
struct tenant_metrics {
  static constexpr std::size_t most_tenants = 1000, most_variants = 1000;

  explicit tenant_metrics(metrics& in);

  /// `variant`: the agent's name in its tenant's calls.
  void call_started(const model::tenant_id& tenant, const std::string& variant) const {
    started_(tenant.value);
    variant_(tenant.value, variant);
  }
  void call_refused(const model::tenant_id& tenant, model::end_reason why) const {
    refused_(tenant.value, to_string(why));
  }

 private:
  bounded_counters started_, refused_;
  bounded_pairs variant_;
};

/// What the call store counts.
struct store_metrics {
  explicit store_metrics(metrics& in);

  counter store_written, store_failed, store_dropped, read_refused;
  counter audio_left;  ///< calls whose record went, and whose voices Twilio keeps
};

}  // namespace tonris::actors
