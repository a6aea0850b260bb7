#pragma once

#include <optional>

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// settings.outbound
[[nodiscard]] std::optional<tenant::outbound_type> read_outbound(json_fields& settings, json_mistakes& mistakes);
void put_outbound(json_writer& out, const std::optional<tenant::outbound_type>& outbound);

}  // namespace tonris::model
