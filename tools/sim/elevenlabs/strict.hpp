#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "model/audio/format.hpp"
#include "tools/sim/elevenlabs/agent_script.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// What the gateway may say on a conversation socket (docs/protocols/elevenlabs.md#what-we-send).
struct client_initiation {
  std::string json;                              ///< as it came
  std::map<std::string, std::string> variables;  ///< dynamic variables as text
  std::vector<std::string> overrides;            ///< paths: "agent.first_message"
  std::vector<violation> faults;                 ///< against the contract, whatever the agent allows
  bool format_keys = false;                      ///< it tries to set an audio format
};
struct client_audio {
  std::vector<std::uint8_t> bytes;
};
struct client_pong {
  std::int64_t event_id = 0;
};
struct client_tool_result {
  std::string id, result;
  bool is_error = false;
};
struct client_text {  ///< user_message, contextual_update
  std::string type, text;
};
struct client_other {  ///< user_activity, feedback, mcp_tool_approval_result
  std::string type;
};
using client_message =
    std::variant<client_initiation, client_audio, client_pong, client_tool_result, client_text, client_other>;

/// Total: any text is a message or a violation.
[[nodiscard]] tl::expected<client_message, violation> check_client_message(std::string_view text);

/// Bytes that cannot be audio of that format: nothing at all, half a sample, more than a second, a file's header.
[[nodiscard]] std::optional<violation> fault_of_audio(const client_audio& audio, model::audio_format format);

/// Why an agent with these settings ends the session on this initiation (docs/protocols/elevenlabs.md#overrides);
/// nothing when it goes on.
struct session_refusal {
  std::string error_type, message;  ///< close code 1008
};
[[nodiscard]] std::optional<session_refusal> refusal_of(const client_initiation& init, const agent_behaviour& agent);

}  // namespace tonris::sim
