#pragma once

#include <optional>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// `settings.businessHours`.
[[nodiscard]] std::optional<tenant::business_hours_type> read_business_hours(json_fields& settings,
                                                                             const zone_check& zone_exists,
                                                                             json_mistakes& mistakes);

}  // namespace tonris::model
