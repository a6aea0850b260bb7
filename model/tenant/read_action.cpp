#include "model/tenant/read_action.hpp"

#include "model/tenant/read_numbers.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;

void refuse_unless(json_fields& fields, std::string_view key, tenant::action what, tenant::action its_own) {
  if (what != its_own && fields.any(key) != nullptr)
    fields.refuse(key, "is for action " + std::string{to_string(its_own)});
}

}  // namespace

ruled_action read_action(json_fields& fields, const text_rule& allowed, json_mistakes& mistakes) {
  using enum tenant::action;
  ruled_action read;
  const auto what = rules::action_of(fields.required_text("action", allowed));
  for (const auto* key : {"transferTo", "agentId"}) static_cast<void>(fields.any(key));  // known keys, whatever it is
  if (!what) return read;
  read.what = *what;
  refuse_unless(fields, "transferTo", *what, transfer);
  refuse_unless(fields, "agentId", *what, agent);
  if (*what == transfer) read.transfer_to = required_number(fields, "transferTo", mistakes);
  if (*what == agent) read.agent.value = fields.required_text("agentId", rules::agent_id);
  if (allowed.accepts(to_string(wait))) {
    refuse_unless(fields, "seconds", *what, wait);
    if (*what == wait) {
      if (fields.any("seconds") == nullptr) fields.refuse("seconds", "is missing");
      read.seconds = fields.whole("seconds", 1, rules::max_wait_seconds).value_or(1);
    }
  }
  return read;
}

}  // namespace tonris::model
