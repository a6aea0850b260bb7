#include "actors/notice/metrics.hpp"

#include <string>
#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::size_t outcomes = static_cast<std::size_t>(model::webhook_outcome::gone) + 1;
constexpr std::string_view drops[] = {"queue_full", "no_room"};

}  // namespace

notice_metrics::notice_metrics(metrics& in)
    : queued(in, "tonris_notices_total", "Events for tenants' webhooks, one a webhook", model::tenant::event_count,
             [](model::tenant::event what) {
               return metric_labels{{"event", std::string{to_string(what)}}};
             }),
      attempts(in, "tonris_notice_attempts_total", "Attempts to deliver them, by what the tenant's server made of it",
               outcomes,
               [](model::webhook_outcome outcome) {
                 return metric_labels{{"outcome", std::string{to_string(outcome)}}};
               }),
      dropped(in, "tonris_notices_dropped_total", "Events for tenants' webhooks that were lost, by why", "why", drops),
      given_up(in, "tonris_notices_given_up_total", "Events for tenants' webhooks that became dead letters"),
      waiting(in, "tonris_notices_waiting", "Events for tenants' webhooks that are not delivered yet"),
      dead(in, "tonris_notices_dead", "Dead letters: events that nobody tries to deliver any more") {}

}  // namespace tonris::actors
