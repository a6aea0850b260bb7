#include "tools/sim/demo/gateway_record.hpp"

#include "tools/sim/wire/json.hpp"

namespace tonris::sim {

std::optional<gateway_record> read_gateway_record(std::string_view json) {
  rapidjson::Document document;
  if (!parse_object(json, document)) return std::nullopt;
  const auto state = find_string(document, "state");
  if (!state) return std::nullopt;
  gateway_record out;
  out.state = *state;
  out.end_reason = find_string(document, "endReason").value_or("");
  out.agent_id = find_string(document, "agentId").value_or("");
  out.interruptions = find_number(document, "interruptions");
  if (const auto* media = find_object(document, "media"))
    out.added_latency_p99_ms = find_number(*media, "addedLatencyP99Ms");
  if (const auto* lines = find(document, "transcript"); lines != nullptr && lines->IsArray())
    for (const auto& line : lines->GetArray())
      out.transcript.push_back(
          {std::string{find_string(line, "role").value_or("")}, std::string{find_string(line, "text").value_or("")}});
  return out;
}

}  // namespace tonris::sim
