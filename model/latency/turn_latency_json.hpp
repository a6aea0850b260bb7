#pragma once

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/latency/turn_latency.hpp"

namespace tonris::model::turn_latency_json {

/// Its JSON for those who put it into a document of their own. Whoever includes this gets RapidJSON.

void write(json_writer& out, const turn_latency& latency);
/// A mistake is noted in `fields`, the latency is worthless then.
[[nodiscard]] turn_latency read(field_reader& fields);

}  // namespace tonris::model::turn_latency_json
