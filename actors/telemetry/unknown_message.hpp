#pragma once

#include <string_view>

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Counts a message of a type this version does not know, and names each type once in the log: what the other side
/// has begun to send is worth knowing, once. Any thread.
void report_unknown(metrics& counters, metrics::wire side, std::string_view type);

}  // namespace tonris::actors
