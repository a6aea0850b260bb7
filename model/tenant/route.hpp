#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/tenant/business_types.hpp"
#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"
#include "model/text/siphash.hpp"

namespace tonris::model {

/// The rule that decided about a call; the same word in the record and the metrics. In the order in which they are
/// asked.
enum class route_rule : std::uint8_t {
  not_active,      ///< the tenant takes no calls
  blocked_caller,  ///< settings.blockedCallers
  caller_rule,     ///< settings.callerRules
  closed,          ///< settings.businessHours.closed
  number,          ///< the agent of the number that was called
  agents,          ///< settings.agents
  agent,           ///< settings.elevenLabsAgentId
  business_type,   ///< the agent for this kind of business
  default_agent,   ///< ELEVENLABS_AGENT_ID
  default_tenant,  ///< an agent of DEFAULT_TENANT's, for a number that nobody has
  no_agent,        ///< nobody has named one
  agents_failing,  ///< all of them fail again and again, and nobody asks them for a while
};
inline constexpr std::size_t route_rule_count = static_cast<std::size_t>(route_rule::agents_failing) + 1;
[[nodiscard]] std::string_view to_string(route_rule rule) noexcept;  ///< "caller_rule"
[[nodiscard]] std::optional<route_rule> parse_route_rule(std::string_view text) noexcept;

/// Where a call goes.
struct call_route {
  enum class kind : std::uint8_t { agent, transfer, voicemail, say, block };
  kind what = kind::agent;
  agent_id agent;
  std::string variant;         ///< its name in records and metrics
  std::vector<agent_id> next;  ///< tried in turn when that agent cannot serve
  std::string transfer_to;     ///< E.164, with transfer
  std::optional<std::string> language;
  route_rule rule = route_rule::no_agent;
  std::string rule_name;  ///< the caller rule's; else ""
  std::string why;        ///< in words: "caller rule vip", "it is Sunday 10:00 in Europe/Rome, closed that day"
};

/// What is known when a call comes in.
struct route_facts {
  std::string called;  ///< E.164, in any of its forms
  std::string caller;  ///< E.164, or a word when it is withheld
  call_sid call;
  std::chrono::system_clock::time_point at;
  siphash_key secret{};  ///< a caller keeps his agent as long as it is the same
  agent_id default_agent;
  bool is_stand_in = false;  ///< nobody has the called number: the tenant is DEFAULT_TENANT
  const business_types* by_business = nullptr;
  /// May it be asked now (model/vendor/circuit.hpp)? Asked in turn, until one may. None: all may.
  std::function<bool(const agent_id&)> may_serve{};
};

/// Pure, but that business hours read the system's time zones.
[[nodiscard]] call_route decide_route(const tenant& t, const route_facts& facts);

/// Of a call that the tenant places: `called` is his own number, `caller` the person. Hours and lists of callers are
/// not asked. `agent`: that one; "": the one that a caller would get.
[[nodiscard]] call_route decide_outbound_route(const tenant& t, const route_facts& facts, const agent_id& agent);

/// The language spoken at one of the tenant's numbers.
[[nodiscard]] std::optional<std::string> language_at(const tenant& t, std::string_view called);
/// The name of an agent in records and metrics.
[[nodiscard]] std::string variant_of(const tenant& t, const agent_id& agent);
/// What the route does, in words for an operator: "agent agent_vip, then agent_abc".
[[nodiscard]] std::string to_string(const call_route& route);

}  // namespace tonris::model
