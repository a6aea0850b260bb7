/// The doctor's look at ElevenLabs: the account, and the agents of tenants.
#include <algorithm>
#include <array>
#include <utility>

#include "actors/store/tenants_file.hpp"
#include "model/doctor/agents.hpp"
#include "model/doctor/elevenlabs.hpp"
#include "model/elevenlabs/workspace.hpp"
#include "model/phone/number.hpp"
#include "model/text/address.hpp"
#include "tools/ctl/agent_check.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {

namespace {

namespace doctor = model::doctor;
namespace vendor = model::elevenlabs;

constexpr auto here = doctor::area::elevenlabs;
constexpr std::array<std::string_view, 5> regions{"api.elevenlabs.io", "api.us.elevenlabs.io",
                                                  "api.eu.residency.elevenlabs.io", "api.in.residency.elevenlabs.io",
                                                  "api.sg.residency.elevenlabs.io"};

class workspace {
 public:
  workspace(const patient& p, web_asker& web, const remaining_time& time) : p_(p), web_(web), time_(time) {}

  findings look() {
    const auto& s = p_.settings;
    const auto read = model::read_address(s.elevenlabs_api_base_url);
    doctor::vendor_facts facts;
    facts.host = read ? read->host : std::string_view{s.elevenlabs_api_base_url};
    facts.subscription = ask(s.elevenlabs_api_base_url, vendor::subscription_target);
    if (facts.subscription.status == 401) facts.taken_at = where_it_is_taken(facts.host);
    facts.webhooks = ask(s.elevenlabs_api_base_url, vendor::webhooks_target);
    facts.phone_numbers = ask(s.elevenlabs_api_base_url, vendor::phone_numbers_target);
    facts.max_calls = s.elevenlabs_max_calls;
    facts.post_call_url = s.app_base_url + "/api/webhooks/elevenlabs/post-call";
    facts.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    for (const auto& t : p_.tenants)
      for (const auto& number : numbers_of(t)) facts.numbers.emplace_back(model::meeting_form(number), t.id.value);
    auto all = judge(facts);
    const bool is_taken = std::ranges::any_of(all, [](const auto& one) { return one.code == "elevenlabs_good"; });
    if (is_taken) look_at_agents(all);
    if (is_taken) look_at_post_calls(facts, all);
    return all;
  }

 private:
  doctor::reach ask(const std::string& origin, std::string_view target) {
    net::http_fields fields;
    fields.set("xi-api-key", p_.settings.elevenlabs_api_key.reveal());
    fields.set("Accept", "application/json");
    return web_.ask("GET", origin + std::string{target}, fields, "", time_.for_one());
  }

  /// Of the vendor's own regions alone; "": in none.
  std::string where_it_is_taken(std::string_view refused_at) {
    if (std::ranges::find(regions, refused_at) == regions.end()) return {};
    for (const auto region : regions)
      if (region != refused_at && ask("https://" + std::string{region}, vendor::subscription_target).status == 200)
        return std::string{region};
    return {};
  }

  template <class Answer>
  Answer noted(const model::agent_id& agent, Answer settings) {
    if (settings) agents_.push_back({agent.value, settings->post_call});
    return settings;
  }

  void look_at_post_calls(const doctor::vendor_facts& facts, findings& all) {
    doctor::post_call_facts told{facts.webhooks, {}, facts.post_call_url, std::move(agents_)};
    told.settings = ask(p_.settings.elevenlabs_api_base_url, vendor::settings_target);
    for (auto& one : judge(told)) all.push_back(std::move(one));
  }

  /// As `tonrisctl agent check`.
  void look_at_agents(findings& all) {
    if (!p_.no_tenants.empty()) return all.push_back(doctor::not_looked_at(here, "tenants' agents", p_.no_tenants));
    const auto& s = p_.settings;
    const auto types = actors::read_business_types_file(s.business_types_file);
    if (!types) return all.push_back(doctor::not_looked_at(here, "tenants' agents", types.error()));
    const auto at = agents_at(s.elevenlabs_api_base_url, s.elevenlabs_api_key, std::chrono::seconds{10});
    if (!at) return all.push_back(doctor::not_looked_at(here, "tenants' agents", at.error()));
    const auto in_time = [this,
                          &at](const model::agent_id& agent) -> std::invoke_result_t<agents_door, model::agent_id> {
      if (!time_.is_over()) return noted(agent, (*at)(agent));
      return tl::unexpected(vendor_refusal{vendor_refusal::kind::other, "no time was left"});
    };
    const auto report = check_agents(p_.tenants, {*types, {s.elevenlabs_agent_id}}, in_time);
    if (!report) return all.push_back(doctor::not_looked_at(here, "tenants' agents", report.error()));
    for (const auto& one : report->items)
      all.push_back(doctor::of_agent(one.what, one.agent.empty() ? "(none)" : one.agent, one.tenant));
    for (const auto& line : report->unasked) all.push_back(doctor::not_looked_at(here, "an agent", line));
    const auto is_note = [](const auto& one) { return one.what.is == model::agent_finding::severity::note; };
    if (std::ranges::all_of(report->items, is_note) && report->unasked.empty())
      all.push_back(doctor::found(
          "agents_good", {{"agents", std::to_string(report->agents)}, {"tenants", std::to_string(report->tenants)}}));
  }

  const patient& p_;
  web_asker& web_;
  const remaining_time& time_;
  std::vector<doctor::post_call_facts::agent> agents_;  ///< as far as they were asked for
};

}  // namespace

findings look_at_elevenlabs(const patient& p, const remaining_time& time) {
  if (p.settings.elevenlabs_api_key.empty())
    return {doctor::not_looked_at(here, "the account", "ELEVENLABS_API_KEY is not set")};
  const auto web = web_asker::make();
  if (!web) return {doctor::not_looked_at(here, "the account", web.error())};
  return workspace{p, **web, time}.look();
}

}  // namespace tonris::ctl
