#pragma once

#include <vector>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// What of a tenant's settings says where its calls go.
[[nodiscard]] std::vector<tenant::number_choice> read_further_numbers(json_fields& settings, json_mistakes& mistakes);
[[nodiscard]] std::vector<tenant::agent_choice> read_agents(json_fields& settings, json_mistakes& mistakes);
[[nodiscard]] std::vector<agent_id> read_backup_agents(json_fields& settings, json_mistakes& mistakes);
[[nodiscard]] std::vector<tenant::caller_rule> read_caller_rules(json_fields& settings, json_mistakes& mistakes);
[[nodiscard]] tenant::overflow_type read_overflow(json_fields& limits, json_mistakes& mistakes);
[[nodiscard]] tenant::sentences_type read_sentences(json_fields& settings);

}  // namespace tonris::model
