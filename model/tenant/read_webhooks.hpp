#pragma once

#include <vector>

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// "webhooks" of a tenant's settings: his own servers that are told what happens.
[[nodiscard]] std::vector<tenant::webhook> read_webhooks(json_fields& settings, json_mistakes& mistakes);
void put_webhooks(json_writer& out, const std::vector<tenant::webhook>& webhooks);

}  // namespace tonris::model
