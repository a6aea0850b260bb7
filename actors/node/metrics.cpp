#include "actors/node/metrics.hpp"

#include "actors/access/metrics.hpp"
#include "actors/admission/metrics.hpp"
#include "actors/call/metrics.hpp"
#include "actors/callback/metrics.hpp"
#include "actors/leg/metrics.hpp"
#include "actors/notice/metrics.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/tenant/metrics.hpp"
#include "actors/tool/metrics.hpp"
#include "actors/vendor/metrics.hpp"
#include "actors/web/metrics.hpp"

namespace tonris::actors {

namespace {

gauge tenants(metrics& in, const char* state) {
  return {in, "tonris_tenants", "Tenants of TENANTS_FILE", {{"state", state}}};
}

gauge of_process(metrics& in, const char* what) {
  return {in, "tonris_process", "The process now, by what", {{"what", what}}};
}

}  // namespace

node_metrics::node_metrics(metrics& in)
    : tenants_reloaded_(in, "tonris_tenants_reload_successful",
                        "1 when the whole TENANTS_FILE was good the last time it was read"),
      tenants_served_(tenants(in, "served")),
      tenants_refused_(tenants(in, "refused")),
      actors_(of_process(in, "actors")),
      legs_(of_process(in, "legs")),
      descriptors_(of_process(in, "descriptors")),
      timers_(of_process(in, "timers")),
      resident_(of_process(in, "resident_bytes")),
      lag_(of_process(in, "loop_lag_ms")),
      gathered_(in, "tonris_metrics_gathered_seconds", "When these figures were gathered: Unix time"),
      connection_errors_(in, "tonris_http_connection_errors_total",
                         "Connections refused or ended before their request could be answered, by reason", "reason",
                         {"full", "given_up", "bad_request", "oversize", "timeout", "tls", "accept", "internal"}) {}

void node_metrics::tenants_read(std::size_t served, std::size_t refused) const {
  tenants_served_.set(served);
  tenants_refused_.set(refused);
  tenants_reloaded_.set(refused == 0 ? 1.0 : 0.0);
}

void node_metrics::tenants_unreadable() const {
  tenants_reloaded_.set(0.0);
}

void node_metrics::set_process(const process& now) const {
  actors_.set(now.actors);
  legs_.set(now.legs);
  descriptors_.set(now.descriptors);
  timers_.set(now.timers);
  resident_.set(now.resident_bytes);
  lag_.set(now.loop_lag_ms);
  gathered_.set(now.gathered_seconds);
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
  (void)in.of<tenant_metrics>();
  (void)in.of<admission_metrics>();
  (void)in.of<store_metrics>();
  (void)in.of<vendor_metrics>();
  (void)in.of<access_metrics>();
  (void)in.of<callback_metrics>();
  (void)in.of<tool_metrics>();
  (void)in.of<notice_metrics>();
  (void)in.of<web_metrics>();
  (void)in.of<tenant_store_metrics>();
  (void)in.of<node_metrics>();
}

}  // namespace tonris::actors
