#include "model/tenant/read_routes.hpp"

#include <set>
#include <utility>

#include "model/tenant/read_action.hpp"
#include "model/tenant/read_numbers.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace rules = tenant_rules;

std::vector<tenant::number_choice> read_further_numbers(json_fields& settings, json_mistakes& mistakes) {
  std::vector<tenant::number_choice> numbers;
  settings.list("numbers", rules::max_numbers, [&](const rapidjson::Value& item, const std::string& path) {
    json_fields fields{item, path, mistakes};
    tenant::number_choice choice;
    choice.number = required_number(fields, "number", mistakes);
    choice.language = fields.text("language", rules::language);
    choice.agent.value = fields.text("agentId", rules::agent_id).value_or(std::string{});
    fields.refuse_unknown();
    numbers.push_back(std::move(choice));
  });
  return numbers;
}

std::vector<tenant::agent_choice> read_agents(json_fields& settings, json_mistakes& mistakes) {
  std::vector<tenant::agent_choice> agents;
  std::set<std::string> seen, variants;
  unsigned total = 0;
  settings.list("agents", rules::max_agents, [&](const rapidjson::Value& item, const std::string& path) {
    json_fields fields{item, path, mistakes};
    tenant::agent_choice choice;
    choice.agent.value = fields.required_text("agentId", rules::agent_id);
    choice.weight = fields.whole("weight", 0, rules::max_weight).value_or(1);
    choice.variant = fields.text("variant", rules::variant).value_or(std::string{});
    fields.refuse_unknown();
    if (!seen.insert(choice.agent.value).second) fields.refuse("agentId", "is in the list twice");
    if (!choice.variant.empty() && !variants.insert(choice.variant).second)
      fields.refuse("variant", "is in the list twice");
    total += choice.weight;
    agents.push_back(std::move(choice));
  });
  if (!agents.empty() && total == 0) settings.refuse("agents", "must have one weight above 0");
  return agents;
}

std::vector<agent_id> read_backup_agents(json_fields& settings, json_mistakes& mistakes) {
  std::vector<agent_id> agents;
  std::set<std::string> seen;
  settings.list("backupAgents", rules::max_backup_agents, [&](const rapidjson::Value& item, const std::string& path) {
    auto agent = read_text(item, path, rules::agent_id, mistakes);
    if (!agent) return;
    if (!seen.insert(*agent).second) note(mistakes, path, "is in the list twice");
    agents.push_back({*std::move(agent)});
  });
  return agents;
}

std::vector<tenant::caller_rule> read_caller_rules(json_fields& settings, json_mistakes& mistakes) {
  std::vector<tenant::caller_rule> all;
  std::set<std::string> names;
  settings.list("callerRules", rules::max_caller_rules, [&](const rapidjson::Value& item, const std::string& path) {
    json_fields fields{item, path, mistakes};
    tenant::caller_rule rule;
    rule.name = fields.required_text("name", rules::rule_name);
    if (!rule.name.empty() && !names.insert(rule.name).second) fields.refuse("name", "is in the list twice");
    rule.callers = read_callers(fields, "callers", rules::max_rule_callers, mistakes);
    if (rule.callers.empty()) fields.refuse("callers", "must name at least one caller");
    auto read = read_action(fields, rules::caller_action, mistakes);
    rule.what = read.what;
    rule.agent = std::move(read.agent);
    rule.transfer_to = std::move(read.transfer_to);
    fields.refuse_unknown();
    all.push_back(std::move(rule));
  });
  return all;
}

tenant::overflow_type read_overflow(json_fields& limits, json_mistakes& mistakes) {
  tenant::overflow_type overflow;
  limits.object("overflow", [&](json_fields& fields) {
    auto read = read_action(fields, rules::overflow_action, mistakes);
    overflow = {read.what, std::move(read.transfer_to), std::move(read.agent), read.seconds};
  });
  return overflow;
}

tenant::sentences_type read_sentences(json_fields& settings) {
  tenant::sentences_type sentences;
  settings.object("sentences", [&](json_fields& fields) {
    sentences.language = fields.text("language", rules::language);
    sentences.voice = fields.text("voice", rules::voice);
    for (std::size_t i = 0; i < tenant::sentence_count; ++i) {
      const auto which = static_cast<tenant::sentence>(i);
      if (which == tenant::sentence::not_in_service) continue;
      if (auto text = fields.text(to_string(which), rules::say)) sentences.texts.emplace(which, *std::move(text));
    }
  });
  return sentences;
}

}  // namespace tonris::model
