#include "tools/ctl/explain_route.hpp"

#include <algorithm>
#include <optional>
#include <ostream>

#include "actors/store/tenants_file.hpp"
#include "model/access/derived_keys.hpp"
#include "model/call/refusal.hpp"
#include "model/call/sentences.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/callers.hpp"
#include "model/tenant/route.hpp"
#include "model/text/iso_time.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::ctl {

namespace {

using time = std::chrono::system_clock::time_point;

std::optional<time> time_of(const std::string& text) {
  return text.empty() ? std::chrono::system_clock::now() : model::parse_utc_time(text);
}

/// Whose number it is, in whichever form it is written.
const model::tenant* owner_of(const std::vector<model::tenant>& tenants, const std::string& number) {
  const auto is_his = [&](const auto& t) { return model::is_listed(numbers_of(t), number); };
  const auto found = std::find_if(tenants.begin(), tenants.end(), is_his);
  return found == tenants.end() ? nullptr : &*found;
}

const model::tenant* tenant_of(const std::vector<model::tenant>& tenants, const std::string& id) {
  const auto found = std::find_if(tenants.begin(), tenants.end(), [&](const auto& t) { return t.id.value == id; });
  return found == tenants.end() ? nullptr : &*found;
}

void say(std::ostream& out, std::string_view what, std::string_view is) {
  constexpr std::size_t width = 10;
  if (is.empty()) return;
  out << what << std::string(width - what.size(), ' ') << is << '\n';
}

void say_route(const model::tenant& t, const model::call_route& route, const model::route_facts& facts,
               std::ostream& out) {
  say(out, "tenant", t.id.value + " (" + t.name + "), " + std::string{to_string(t.status)});
  say(out, "caller", model::is_withheld(facts.caller) ? "withheld" : facts.caller);
  say(out, "time", model::iso_time(facts.at));
  say(out, "route", to_string(route));
  if (route.variant != route.agent.value) say(out, "variant", route.variant);
  say(out, "rule", std::string{to_string(route.rule)} + (route.rule_name.empty() ? "" : " " + route.rule_name));
  say(out, "why", route.why);
  say(out, "language", route.language.value_or(std::string{}));
  if (const auto refused = refusal_of(route, t.status)) {
    say(out, "ends as", to_string(*refused));
    say(out, "sentence", sentence_for(&t, sentence_of(*refused), facts.called).text);
  }
}

}  // namespace

tl::expected<bool, std::string> explain_route(const imagined_call& call, const lookup& environment,
                                              std::string_view env_file, std::ostream& out) {
  const auto env = config::parse_dotenv(env_file);
  const auto given = [&](const std::string& flag, std::string_view name) {
    return flag.empty() ? setting(name, environment, env) : flag;
  };
  const auto tenants_file = given(call.tenants_file, "TENANTS_FILE");
  if (tenants_file.empty()) return tl::unexpected(std::string{"TENANTS_FILE is not set; --tenants-file names one"});
  const auto tenants = actors::read_tenants_file(tenants_file);
  if (!tenants) return tl::unexpected(tenants.error());
  const auto types = actors::read_business_types_file(given(call.business_types_file, "BUSINESS_TYPES_FILE"));
  if (!types) return tl::unexpected(types.error());
  const auto at = time_of(call.at);
  if (!at) return tl::unexpected(std::string{"--at is a time in UTC, such as 2026-12-25T10:00Z"});
  const auto to = model::to_e164(call.to);
  if (!to) return tl::unexpected(std::string{"--to is a phone number in E.164, such as +15551234567"});
  const auto* const owner = owner_of(tenants->good, *to);
  const auto* const t =
      owner != nullptr ? owner : tenant_of(tenants->good, setting("DEFAULT_TENANT", environment, env));
  if (t == nullptr) return out << "No tenant has the number " << *to << ".\n", false;
  model::route_facts facts;
  facts.is_stand_in = owner == nullptr;
  facts.called = *to;
  facts.caller = call.from.empty() ? "anonymous" : model::caller_in(call.from);
  facts.call.value = call.call;
  facts.at = *at;
  facts.default_agent.value = setting("ELEVENLABS_AGENT_ID", environment, env);
  facts.by_business = &*types;
  const auto token = setting("TWILIO_AUTH_TOKEN", environment, env);
  const auto ring = model::parse_key_ring(setting("SECRETS_KEY", environment, env));
  facts.secret = model::draw_key_of(ring ? derive(*ring) : std::vector<model::derived_keys>{},
                                    model::trimmed(std::string_view{token}.substr(0, token.find(','))));
  const auto route = decide_route(*t, facts);
  say_route(*t, route, facts, out);
  if (!ring && token.empty() && route.rule == model::route_rule::agents)
    out << "Without SECRETS_KEY or TWILIO_AUTH_TOKEN the draw is another than the gateway's.\n";
  return true;
}

}  // namespace tonris::ctl
