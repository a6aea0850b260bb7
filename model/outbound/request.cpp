#include "model/outbound/request.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "model/phone/cost.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/read_variables.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {

namespace {

bool is_plain_id(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}
bool is_not_blank(std::string_view text) {
  return !trimmed(text).empty();
}
constexpr std::string_view number_in_words = "a phone number in E.164, such as +15551234567";
const text_rule number_rule{1, 40, is_not_blank, number_in_words};
const text_rule id_rule{1, max_dial_id_bytes, is_plain_id, "letters, digits, '-', '_' and '.', at most 64 of them"};

std::size_t bytes_of(const std::map<std::string, tenant::variable>& variables) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : variables) {
    const auto* const text = std::get_if<std::string>(&value);
    bytes += name.size() + (text != nullptr ? text->size() : sizeof(double));
  }
  return bytes;
}

bool has_mistake(const json_mistakes& mistakes, std::string_view path) {
  return std::ranges::any_of(mistakes, [&](const json_mistake& one) { return one.path == path; });
}

/// The tenant's own number as he has it, which Twilio knows; "" where it is none of his.
std::string own_number(const tenant& t, const std::string& written) {
  if (written.empty()) return t.phone_number;
  const auto number = to_e164(written);
  const auto own = numbers_of(t);
  const auto found =
      std::ranges::find_if(own, [&](const std::string& one) { return number && is_same_number(one, *number); });
  return found == own.end() ? std::string{} : *found;
}

}  // namespace

dial_request read_dial_request(std::string_view body, std::size_t most_bytes, json_mistakes& mistakes) {
  namespace rules = tenant_rules;
  dial_request wanted;
  rapidjson::Document document;
  if (!parse_document(body, most_bytes, document, mistakes)) return wanted;
  json_fields fields{document, "", mistakes};
  wanted.tenant.value = fields.text("tenantId", rules::tenant_id).value_or("");
  wanted.to = fields.required_text("to", number_rule);
  wanted.from = fields.text("from", number_rule).value_or("");
  wanted.agent.value = fields.text("agent", rules::agent_id).value_or("");
  wanted.variables = read_variables(fields, "variables", max_dial_variables, mistakes);
  if (bytes_of(wanted.variables) > max_dial_variable_bytes)
    fields.refuse("variables", "must have at most " + std::to_string(max_dial_variable_bytes) + " bytes in all");
  if (const auto what = fields.text("machine", rules::machine)) wanted.machine = rules::machine_of(*what);
  wanted.id = fields.text("id", id_rule).value_or("");
  fields.refuse_unknown();
  return wanted;
}

void settle(dial_request& wanted, const tenant& t, const std::vector<agent_id>& agents, json_mistakes& mistakes) {
  wanted.tenant = t.id;
  auto from = own_number(t, wanted.from);
  if (from.empty() && !has_mistake(mistakes, "from")) note(mistakes, "from", "must be one of the tenant's numbers");
  // Numbers without "+" are of the country of the number that calls.
  const auto to = dialled_number(wanted.to, from.empty() ? t.phone_number : from);
  if (!to && !has_mistake(mistakes, "to")) note(mistakes, "to", "must be " + std::string{number_in_words});
  if (!wanted.agent.empty() && std::ranges::find(agents, wanted.agent) == agents.end() &&
      !has_mistake(mistakes, "agent"))
    note(mistakes, "agent", "must be an agent that the tenant's calls may get");
  wanted.from = std::move(from);
  wanted.to = to.value_or("");
}

}  // namespace tonris::model
