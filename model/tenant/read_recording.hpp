#pragma once

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// "recording" of a tenant's settings: whether, and how, its calls may be recorded.
[[nodiscard]] tenant::recording_type read_recording(json_fields& settings);
void put_recording(json_writer& out, const tenant::recording_type& recording);

}  // namespace tonris::model
