#include "model/call/briefing.hpp"

#include <array>
#include <string>

#include "model/phone/number.hpp"
#include "model/tenant/hours.hpp"
#include "model/tenant/route.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

using variables = std::map<std::string, elevenlabs::variable>;

// Unknown is "": a name that an agent's prompt uses and nobody sends closes the socket.
variables with_unknown_names() {
  constexpr std::array<std::string_view, 10> names = {
      "contact_email", "contact_phone", "ai_tone",         "address_street", "address_city",
      "address_state", "address_zip",   "address_country", "address",        "plan_type"};
  variables all;
  for (const auto name : names) all.emplace(name, std::string{});
  return all;
}

void add_business(const tenant& t, variables& all) {
  const auto name = t.name.empty() ? std::string{"Our Business"} : t.name;
  const auto greeting = "Hello, thank you for calling " + name + ". How can I help you today?";
  all["tenant_name"] = t.name;
  all["name"] = name;
  all["business_name"] = name;
  all["ai_greeting"] = t.greeting.value_or(greeting);
  all["business_hours"] = t.business_hours ? to_json(*t.business_hours) : std::string{};
  all["business_hours_summary"] = t.business_hours ? in_words(*t.business_hours) : std::string{};
}

void add_own(const tenant& t, variables& all) {
  for (const auto& [name, value] : t.dynamic_variables) {
    if (!tenant_rules::is_reserved_by_vendor(name)) all[name] = value;
  }
}

// Last, so that nothing a tenant sets can pass for another tenant, call or caller.
void add_call(const tenant& t, const call_facts& facts, variables& all) {
  all["tenant_id"] = t.id.value;
  all["tenant_status"] = std::string{to_string(t.status)};
  all["agent_id"] = facts.agent.value;
  all["call_sid"] = facts.call.value;
  all["caller_number"] = facts.from;
  all["called_number"] = facts.to;
  all["call_status"] = std::string{facts.status};
  all["conversation_id"] = facts.conversation.value;
}

}  // namespace

elevenlabs::initiation make_initiation(const tenant& t, const call_facts& facts) {
  elevenlabs::initiation data;
  data.dynamic_variables = with_unknown_names();
  data.dynamic_variables["caller_name"] = facts.caller_name;
  add_business(t, data.dynamic_variables);
  add_own(t, data.dynamic_variables);
  add_call(t, facts, data.dynamic_variables);
  const auto& person = facts.is_outbound ? facts.to : facts.from;
  if (is_e164(person)) data.user_id = person;
  if (t.greeting && !t.greeting->empty()) data.first_message = t.greeting;
  data.language = language_at(t, facts.is_outbound ? facts.from : facts.to);
  data.prompt = t.prompt;
  data.voice_id = t.voice_id;
  return data;
}

elevenlabs::initiation make_unknown_initiation(const call_facts& facts) {
  auto data = make_initiation(tenant{}, facts);
  data.dynamic_variables["tenant_status"] = std::string{};
  return data;
}

call_facts facts_of(const elevenlabs::initiation_request& request) {
  call_facts facts{request.call, request.agent, caller_in(request.caller), request.called,
                   {},           "ringing",     request.conversation};
  if (const auto number = number_in(request.called)) facts.to = *number;
  return facts;
}

elevenlabs::initiation make_resumed_initiation(const tenant& t, const call_facts& facts,
                                               bool may_override_first_message) {
  auto data = make_initiation(t, facts);
  if (t.resume_greeting && !t.resume_greeting->empty()) {
    data.first_message = t.resume_greeting;
  } else if (may_override_first_message || data.first_message) {
    data.first_message = std::string{};
  }
  return data;
}

}  // namespace tonris::model
