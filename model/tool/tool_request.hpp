#pragma once

#include <optional>
#include <string>

#include "model/elevenlabs/conversation.hpp"

namespace tonris::model {

/// The agent wants a tool of ours, a client tool, whichever message says so.
struct tool_request {
  std::string id;          ///< the vendor's; "" is nobody's: such a one cannot be answered
  std::string name;        ///< "transfer_call"
  std::string parameters;  ///< JSON text of an object
  bool wants_answer = true;
  /// It came as agent_tool_request without parameters: the client_tool_call that has them may follow, or never come.
  bool is_announcement = false;
  bool operator==(const tool_request&) const = default;
};
[[nodiscard]] tool_request to_tool_request(const elevenlabs::client_tool_call& call);
/// Nothing unless it is for a client: what the vendor runs itself (system, webhook, mcp) is none of ours.
[[nodiscard]] std::optional<tool_request> to_tool_request(const elevenlabs::agent_tool_request& request);

}  // namespace tonris::model
