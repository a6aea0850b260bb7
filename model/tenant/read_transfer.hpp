#pragma once

#include <optional>

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// "transfer" of a tenant's settings: where the agent may put callers through to.
[[nodiscard]] std::optional<tenant::transfer_type> read_transfer(json_fields& settings, json_mistakes& mistakes);
void put_transfer(json_writer& out, const std::optional<tenant::transfer_type>& transfer);

}  // namespace tonris::model
