/// The doctor's look at a gateway that runs.
#include "model/doctor/gateway.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {

findings look_at_gateway(const patient& p, const remaining_time& time) {
  model::doctor::gateway_facts facts;
  facts.not_asked = p.not_at;
  if (!p.at) return judge(facts);
  facts.name = name_of(*p.at);
  facts.has_tenants_file = !p.settings.tenants_file.empty();
  const auto web = web_asker::make();
  if (!web) return {model::doctor::not_looked_at(model::doctor::area::gateway, "the gateway", web.error())};
  facts.ready = (*web)->ask("GET", p.at->origin + "/ready", {}, "", time.for_one());
  if (facts.ready.is != model::doctor::reach::outcome::answered) return judge(facts);
  net::http_fields token;
  if (!p.settings.admin_token.empty()) {
    token.set("Authorization", "Bearer " + p.at->token.reveal());
    facts.refuses_token =
        (*web)->ask("GET", p.at->origin + "/api/tenants?limit=1", token, "", time.for_one()).status == 401;
  }
  if (!p.settings.metrics_token.empty()) token.set("Authorization", "Bearer " + p.settings.metrics_token.reveal());
  const auto metrics = (*web)->ask("GET", p.at->origin + "/metrics", token, "", time.for_one());
  if (metrics.status == 200) facts.metrics = metrics.body;
  auto all = judge(facts);
  if (metrics.status != 200)
    all.push_back(model::doctor::not_looked_at(model::doctor::area::gateway, "what the gateway counts",
                                               "/metrics answers " + std::to_string(metrics.status)));
  return all;
}

}  // namespace tonris::ctl
