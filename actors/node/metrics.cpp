#include "actors/node/metrics.hpp"

#include "actors/access/metrics.hpp"
#include "actors/admission/metrics.hpp"
#include "actors/call/depths.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/outbound_metrics.hpp"
#include "actors/call/shared_record_metrics.hpp"
#include "actors/call/spent_metrics.hpp"
#include "actors/call/timings.hpp"
#include "actors/callback/metrics.hpp"
#include "actors/drift/bill_metrics.hpp"
#include "actors/drift/metrics.hpp"
#include "actors/experiment/metrics.hpp"
#include "actors/leg/metrics.hpp"
#include "actors/node/disk_metrics.hpp"
#include "actors/node/process_metrics.hpp"
#include "actors/notice/metrics.hpp"
#include "actors/price/metrics.hpp"
#include "actors/recording/metrics.hpp"
#include "actors/records/metrics.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/tenant/metrics.hpp"
#include "actors/tool/metrics.hpp"
#include "actors/trace/metrics.hpp"
#include "actors/vendor/metrics.hpp"
#include "actors/web/metrics.hpp"
#include "config/settings.hpp"

namespace tonris::actors {

namespace {

gauge tenants(metrics& in, const char* state) {
  return {in, "tonris_tenants", "Tenants of TENANTS_FILE", {{"state", state}}};
}

gauge build(metrics& in) {
  return {in, "tonris_build_info", "Always 1: which version runs", {{"version", std::string{config::version()}}}};
}

}  // namespace

node_metrics::node_metrics(metrics& in)
    : tenants_reloaded_(in, "tonris_tenants_reload_successful",
                        "1 when the whole TENANTS_FILE was good the last time it was read"),
      tenants_served_(tenants(in, "served")),
      tenants_refused_(tenants(in, "refused")),
      build_(build(in)),
      capacity_(in, "tonris_calls_capacity", "Calls that this node may have at once (MAX_CALLS)"),
      actors_(in, "tonris_actors", "Actors now"),
      legs_(in, "tonris_legs", "Sockets of calls now, both sides'"),
      timers_(in, "tonris_timers_armed", "Timers of the loops that wait now"),
      connections_(in, "tonris_http_connections", "Connections to our HTTP server now, streams among them"),
      lag_(in, "tonris_loop_lag_seconds", "How much later than due the slowest loop's timers run, smoothed"),
      log_waiting_(in, "tonris_log_lines_waiting", "Lines of the log that wait to be written"),
      gathered_(in, "tonris_metrics_gathered_seconds", "When these figures were gathered: Unix time"),
      log_dropped_(in, "tonris_log_lines_dropped_total", "Lines of the log that gave way to newer ones"),
      connection_errors_(in, "tonris_http_connection_errors_total",
                         "Connections refused or ended before their request could be answered, by reason", "reason",
                         {"full", "given_up", "bad_request", "oversize", "timeout", "tls", "accept", "internal"}) {
  build_.set(1.0);
  tenants_reloaded_.set(1.0);  // no file is none that is bad
  for (std::size_t i = 0; i < node_trouble_count; ++i)
    degraded_.emplace_back(in, "tonris_part_degraded", "1 while /ready says degraded because of this part",
                           metric_labels{{"part", std::string{to_string(static_cast<node_trouble>(i))}}});
}

void node_metrics::tenants_read(std::size_t served, std::size_t refused) const {
  tenants_served_.set(served);
  tenants_refused_.set(refused);
  tenants_reloaded_.set(refused == 0 ? 1.0 : 0.0);
}

void node_metrics::tenants_unreadable() const {
  tenants_reloaded_.set(0.0);
}

void node_metrics::may_have(std::size_t calls) const {
  capacity_.set(calls);
}

void node_metrics::set(const figures& now) const {
  actors_.set(now.actors);
  legs_.set(now.legs);
  timers_.set(now.timers);
  connections_.set(now.connections);
  lag_.set(now.loop_lag_seconds);
  log_waiting_.set(now.log_lines_waiting);
  log_dropped_.rise_to(now.log_lines_dropped);
  gathered_.set(now.gathered_seconds);
}

void node_metrics::part_is_degraded(node_trouble part, bool now) const {
  degraded_[static_cast<std::size_t>(part)].set(now ? 1.0 : 0.0);
}

void node_metrics::set_connection_errors(const connection_errors& so_far) const {
  const auto is_now = [this](connection_error why, std::uint64_t count) { connection_errors_.of(why).rise_to(count); };
  is_now(connection_error::full, so_far.full);
  is_now(connection_error::given_up, so_far.given_up);
  is_now(connection_error::bad_request, so_far.bad_request);
  is_now(connection_error::oversize, so_far.oversize);
  is_now(connection_error::timeout, so_far.timeout);
  is_now(connection_error::tls, so_far.tls);
  is_now(connection_error::accept, so_far.accept);
  is_now(connection_error::internal, so_far.internal);
}

void declare_metrics(metrics& in) {
  (void)in.of<actor_metrics>();
  (void)in.of<leg_metrics>();
  (void)in.of<call_metrics>();
  (void)in.of<call_timings>();
  (void)in.of<spent_metrics>();
  (void)in.of<call_depths>();
  (void)in.of<outbound_metrics>();
  (void)in.of<tenant_metrics>();
  (void)in.of<admission_metrics>();
  (void)in.of<store_metrics>();
  (void)in.of<vendor_metrics>();
  (void)in.of<access_metrics>();
  (void)in.of<callback_metrics>();
  (void)in.of<tool_metrics>();
  (void)in.of<notice_metrics>();
  (void)in.of<price_metrics>();
  (void)in.of<experiment_metrics>();
  (void)in.of<drift_metrics>();
  (void)in.of<bill_metrics>();
  (void)in.of<recording_metrics>();
  (void)in.of<record_metrics>();
  (void)in.of<shared_record_metrics>();
  (void)in.of<trace_metrics>();
  (void)in.of<web_metrics>();
  (void)in.of<tenant_store_metrics>();
  (void)in.of<process_metrics>();
  (void)in.of<disk_metrics>();
  (void)in.of<node_metrics>();
}

}  // namespace tonris::actors
