#pragma once

#include <rapidjson/document.h>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// One tenant of a document that is parsed already; its mistakes are noted with paths from the tenant on. With a
/// mistake only those fields are to be believed that have none.
/// `wish`: what a request may say beside the tenant; null: such keys are refused.
[[nodiscard]] tenant read_tenant(const rapidjson::Value& value, const zone_check& zone_exists, json_mistakes& mistakes,
                                 tenant_wish* wish = nullptr);

/// At least one.
[[nodiscard]] tenant_error to_tenant_error(json_mistakes mistakes);

}  // namespace tonris::model
