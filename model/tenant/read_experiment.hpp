#pragma once

#include <chrono>
#include <optional>

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// "experiment" of a tenant's settings: what is to become of variants that lose.
[[nodiscard]] std::optional<tenant::experiment_type> read_experiment(json_fields& settings);
/// Behind the agents, which it compares.
void refuse_without_variants(const tenant& t, json_mistakes& mistakes);
void put_experiment(json_writer& out, const std::optional<tenant::experiment_type>& experiment);

/// What was measured with other agents, or by another rule, says nothing: an experiment whose tenant has changed either
/// counts calls from `at` on, unless it names a moment of its own. `former`: null for a new tenant.
void begin_experiment(const tenant* former, tenant& now, std::chrono::system_clock::time_point at);

/// What a file says anew counts calls from then on, or later.
void begin_experiment_of_file(tenant& now, std::chrono::system_clock::time_point at);

}  // namespace tonris::model
