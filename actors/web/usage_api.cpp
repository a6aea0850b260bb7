#include "actors/web/usage_api.hpp"

#include <caf/event_based_actor.hpp>
#include <cmath>
#include <memory>
#include <string_view>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/writer.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{2};

/// To the hundredth.
double minutes_in(std::int64_t seconds) {
  return std::round(static_cast<double>(seconds) / 60 * 100) / 100;
}
double dollars_in(std::int64_t microdollars) {
  return static_cast<double>(microdollars) / 1e6;
}

template <class Limit, class Used>
void put_limit(model::json_writer& out, std::string_view name, const Limit& limit, Used used) {
  if (!limit) return;
  out.open_object(name);
  out.member("limit", *limit);
  out.member("used", used);
  out.close_object();
}

}  // namespace

std::string to_json(const model::tenant& t, const tenant_usage& usage) {
  const auto& limits = t.limits;
  std::string json;
  model::json_writer out(json);
  out.open_object();
  out.member("tenantId", t.id.value);
  out.member("calls", usage.calls);
  out.member("waiting", usage.waiting);
  out.open_object("limits");
  put_limit(out, "maxConcurrentCalls", limits.max_concurrent_calls, usage.calls);
  put_limit(out, "callsPerMinute", limits.calls_per_minute, usage.within_minute);
  put_limit(out, "minutesPerMonth", limits.minutes_per_month, minutes_in(usage.month.seconds));
  put_limit(out, "costPerMonth", limits.cost_per_month, dollars_in(usage.month.microdollars));
  out.close_object();
  out.open_object("month");
  out.member("calls", usage.month.calls);
  out.member("minutes", minutes_in(usage.month.seconds));
  out.member("cost", dollars_in(usage.month.microdollars));
  out.close_object();
  out.open_object("vendor");
  out.member("calls", usage.at_vendor);
  if (usage.vendor_calls > 0) out.member("limit", usage.vendor_calls);
  out.member("reserved", limits.reserved_calls);
  out.close_object();
  out.open_object("refusedToday");
  for (const auto& [reason, times] : usage.refused_today) out.member(to_string(reason), times);
  out.close_object();
  out.close_object();
  return json;
}

void tell_usage(http_front& at, request_context& asked) {
  const auto& house = at.settings();
  const model::tenant_id wanted{std::string{asked.parameters["id"]}};
  house.system->spawn([to = std::make_shared<api_reply>(asked), wanted, registry = house.registry,
                       counts = house.who_may_come, counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto unavailable = [to](const caf::error&) { to->send(error_answer(error_code::unavailable, "try again")); };
    ask(self, registry, answer_limit, find_tenant_by_id{wanted})
        .then(
            [=](const found_tenant& found) {
              if (!found.tenant) return to->send(no_such_tenant());
              ask(self, counts, answer_limit, describe_usage{found.tenant})
                  .then([to, tenant = found.tenant](
                            const tenant_usage& usage) { to->send(json_answer(to_json(*tenant, usage))); },
                        unavailable);
            },
            unavailable);
  });
}

}  // namespace tonris::actors
