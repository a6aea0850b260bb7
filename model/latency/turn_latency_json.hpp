#pragma once

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/latency/turn_latency.hpp"

namespace tonris::model::turn_latency_json {

/// Its JSON for those who put it into a document of their own. Whoever includes this gets RapidJSON.

/// {"count":12,"p50Ms":820,"p95Ms":1480,"worstMs":1920}
void write(json_writer& out, const turn_latency& latency);
/// A mistake is noted in `fields`, the latency is worthless then; numbers that contradict each other are one.
[[nodiscard]] turn_latency read(field_reader& fields);

}  // namespace tonris::model::turn_latency_json
