#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/tracing/call_trace.hpp"

namespace tonris::model {

/// Who tells traces.
struct trace_resource {
  std::string service = "tonris";
  std::string version;   ///< "": it is not told
  std::string instance;  ///< the node; "": likewise
  std::vector<trace_span::attribute> more;
};

/// The body of an OTLP/HTTP request (POST …/v1/traces, application/json): ids in hex, times in nanoseconds as texts,
/// whole numbers as texts, as the protocol's JSON wants them.
[[nodiscard]] std::string to_otlp_json(std::span<const call_trace> traces, const trace_resource& resource);

}  // namespace tonris::model
