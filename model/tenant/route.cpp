#include "model/tenant/route.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/phone/number.hpp"
#include "model/tenant/callers.hpp"
#include "model/tenant/hours.hpp"
#include "model/tenant/weighted.hpp"
#include "model/text/enum_name.hpp"

namespace tonris::model {

namespace {

constexpr std::array<std::string_view, route_rule_count> rule_names{
    "not_active", "blocked_caller", "caller_rule",   "closed",         "number",   "agents",
    "agent",      "business_type",  "default_agent", "default_tenant", "no_agent", "agents_failing"};

using kind = call_route::kind;

const tenant::number_choice* choice_at(const tenant& t, std::string_view called) {
  const auto found = std::find_if(t.numbers.begin(), t.numbers.end(), [&](const tenant::number_choice& one) {
    return one.number == called || (shared_end(one.number) == shared_end(called) && is_same_number(one.number, called));
  });
  return found == t.numbers.end() ? nullptr : &*found;
}

/// What a caller's draw of an agent hangs on: his number, in whichever form it came; a withheld one's call.
std::string draw_key(const tenant& t, const route_facts& facts) {
  std::string key{t.id.value};
  key.append(1, '\0');
  return key.append(is_withheld(facts.caller) ? facts.call.value : meeting_form(facts.caller));
}

/// Agents in the order in which they are asked: the one that a rule has chosen, the tenant's backup agents, and where
/// there are none of these the others of his list.
class candidates {
 public:
  void add(const agent_id& agent) {
    if (!agent.empty() && std::find(all_.begin(), all_.end(), agent) == all_.end()) all_.push_back(agent);
  }
  /// The first that may serve is the route's, those behind it are its next ones.
  void put_into(call_route& route, const route_facts& facts) const {
    const auto chosen = std::find_if(all_.begin(), all_.end(),
                                     [&](const agent_id& agent) { return !facts.may_serve || facts.may_serve(agent); });
    if (chosen == all_.end()) {
      route.what = kind::say;
      route.rule = route_rule::agents_failing;
      route.why.append("; but ")
          .append(all_.size() == 1 ? "that agent fails" : "all agents fail")
          .append(" again and again");
      return;
    }
    route.what = kind::agent;
    route.agent = *chosen;
    route.next.assign(chosen + 1, all_.end());
    if (chosen != all_.begin())
      route.why.append("; ").append(all_.front().value).append(" fails again and again, so the next of the list");
  }

 private:
  std::vector<agent_id> all_;
};

void to_agent(call_route& route, const tenant& t, const route_facts& facts, const agent_id& first,
              const std::vector<const tenant::agent_choice*>& others = {}) {
  candidates asked;
  asked.add(first);
  for (const auto& agent : t.backup_agents) asked.add(agent);
  if (t.backup_agents.empty())
    for (const auto* choice : others) asked.add(choice->agent);
  asked.put_into(route, facts);
  if (!route.agent.empty()) route.variant = variant_of(t, first);
}

call_route decided(route_rule rule, kind what, std::string why) {
  call_route route;
  route.rule = rule;
  route.what = what;
  route.why = std::move(why);
  return route;
}

/// What the tenant's own choice says: a caller rule, or what happens while it is closed.
void carry_out(call_route& route, tenant::action what, const std::string& transfer_to, const agent_id& agent,
               const tenant& t, const route_facts& facts) {
  switch (what) {
    case tenant::action::transfer:
      route.what = kind::transfer;
      route.transfer_to = transfer_to;
      return;
    case tenant::action::voicemail: route.what = kind::voicemail; return;
    case tenant::action::agent: return to_agent(route, t, facts, agent);
    case tenant::action::block: route.what = kind::block; return;
    case tenant::action::say:
    case tenant::action::wait: route.what = kind::say; return;
  }
}

call_route by_caller_rule(const tenant& t, const route_facts& facts, const tenant::caller_rule& rule) {
  auto route = decided(route_rule::caller_rule, kind::agent, "caller rule " + rule.name);
  route.rule_name = rule.name;
  carry_out(route, rule.what, rule.transfer_to, rule.agent, t, facts);
  return route;
}

call_route while_closed(const tenant& t, const route_facts& facts, std::string why) {
  auto route = decided(route_rule::closed, kind::say, std::move(why));
  const auto& closed = t.business_hours->closed;
  carry_out(route, closed.what, closed.transfer_to, closed.agent, t, facts);
  return route;
}

/// The first of: the called number's agent, the tenant's list, his one agent, his business type's, the gateway's.
call_route to_an_agent(const tenant& t, const route_facts& facts) {
  // Bringing the caller's number into one form is dear, and most tenants have one agent.
  const auto order = t.agents.empty() ? std::vector<const tenant::agent_choice*>{}
                                      : by_draw(t.agents, draw_key(t, facts), facts.secret);
  const auto to = [&](route_rule rule, const agent_id& agent, std::string why) {
    auto route = decided(rule, kind::agent, std::move(why));
    to_agent(route, t, facts, agent, order);
    return route;
  };
  if (const auto* choice = choice_at(t, facts.called); choice && !choice->agent.empty())
    return to(route_rule::number, choice->agent, "the agent of the number " + choice->number);
  if (!order.empty())
    return to(
        route_rule::agents, order.front()->agent,
        std::string{"drawn by weight from the tenant's agents, by "} + (is_withheld(facts.caller) ? "call" : "caller"));
  if (!t.agent.empty()) return to(route_rule::agent, t.agent, "the tenant's agent");
  if (const auto agent = facts.by_business ? facts.by_business->agent_of(t.business_type) : agent_id{}; !agent.empty())
    return to(route_rule::business_type, agent, "the agent for " + t.business_type);
  if (!facts.default_agent.empty())
    return to(route_rule::default_agent, facts.default_agent, "the gateway's default agent");
  return decided(route_rule::no_agent, kind::say, "neither the tenant nor the gateway names an agent");
}

/// Of the rules by which an ordinary caller gets an agent.
bool names_agent(route_rule rule) noexcept {
  return rule >= route_rule::number && rule <= route_rule::default_agent;
}

call_route decide(const tenant& t, const route_facts& facts) {
  if (t.status != tenant::status_type::active)
    return decided(route_rule::not_active, kind::say, "the tenant is " + std::string{to_string(t.status)});
  if (!is_withheld(facts.caller) && is_among(t.blocked_callers, facts.caller))
    return decided(route_rule::blocked_caller, kind::block, "the caller is one of the tenant's blockedCallers");
  if (const auto* rule = rule_for(t, facts.caller)) return by_caller_rule(t, facts, *rule);
  if (!t.business_hours) return to_an_agent(t, facts);
  auto opening = opening_at(*t.business_hours, facts.at);
  return opening.open ? to_an_agent(t, facts) : while_closed(t, facts, std::move(opening.why));
}

}  // namespace

std::string_view to_string(route_rule rule) noexcept {
  return rule_names[static_cast<std::size_t>(rule) % rule_names.size()];
}

std::optional<route_rule> parse_route_rule(std::string_view text) noexcept {
  return find_named<route_rule>(text, route_rule_count);
}

call_route decide_route(const tenant& t, const route_facts& facts) {
  auto route = decide(t, facts);
  if (facts.is_stand_in) {
    route.why.insert(0, "nobody has the number, so the default tenant answers: ");
    if (names_agent(route.rule)) route.rule = route_rule::default_tenant;
  }
  route.language = language_at(t, facts.called);
  return route;
}

call_route decide_outbound_route(const tenant& t, const route_facts& facts, const agent_id& agent) {
  if (t.status != tenant::status_type::active)
    return decided(route_rule::not_active, kind::say, "the tenant is " + std::string{to_string(t.status)});
  if (agent.empty()) return to_an_agent(t, facts);
  auto route = decided(route_rule::agent, kind::agent, "the agent that the call was placed for");
  to_agent(route, t, facts, agent);
  return route;
}

std::optional<std::string> language_at(const tenant& t, std::string_view called) {
  const auto* choice = choice_at(t, called);
  return choice && choice->language ? choice->language : t.language;
}

std::string variant_of(const tenant& t, const agent_id& agent) {
  for (const auto& choice : t.agents)
    if (choice.agent == agent && !choice.variant.empty()) return choice.variant;
  return agent.value;
}

std::string to_string(const call_route& route) {
  std::string text;
  switch (route.what) {
    case kind::agent: text.append("agent ").append(route.agent.value); break;
    case kind::transfer: return "transfer to " + redacted(route.transfer_to);
    case kind::voicemail: return "voicemail";
    case kind::say:
      return route.rule == route_rule::no_agent || route.rule == route_rule::agents_failing
                 ? "the tenant's fallback"
                 : "a sentence, then hang up";
    case kind::block: return "turned away with a sentence";
  }
  for (const auto& agent : route.next) text.append(", then ").append(agent.value);
  return text;
}

}  // namespace tonris::model
