#include "model/tool/tool_request.hpp"

namespace tonris::model {

tool_request to_tool_request(const elevenlabs::client_tool_call& call) {
  return {call.tool_call_id, call.tool_name, call.parameters, call.expects_response, false};
}

std::optional<tool_request> to_tool_request(const elevenlabs::agent_tool_request& request) {
  if (request.tool_type != "client") return std::nullopt;
  const bool has_parameters = !request.parameters.empty();
  return tool_request{request.tool_call_id, request.tool_name, has_parameters ? request.parameters : "{}", true,
                      !has_parameters};
}

}  // namespace tonris::model
