#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::elevenlabs {

/// The conversation socket's messages, both ways (docs/protocols/elevenlabs.md). Total functions; messages up to 4 MiB,
/// 64 deep, of 100,000 values.
inline constexpr std::size_t max_inbound_message_bytes = 4 * 1024 * 1024;

// --- agent to us

struct metadata {
  model::conversation_id conversation;
  std::string agent_output_format;  ///< "" when absent (the official client assumes pcm_16000)
  std::string user_input_format;    ///< likewise
};
struct audio {
  std::string payload;  ///< Base64, may be empty
  std::int64_t event_id = 0;
};
struct interruption {
  std::int64_t event_id = 0;
};
struct ping {
  std::int64_t event_id = 0;  ///< 0 is a valid id
  std::optional<std::int64_t> ping_ms;
};
struct user_transcript {
  std::string text;
  std::int64_t event_id = 0;
  bool tentative = false;
};
struct agent_response {
  std::string text;
  std::int64_t event_id = 0;
};
struct agent_response_correction {
  std::string original, corrected;
  std::int64_t event_id = 0;
};
struct agent_response_complete {
  std::int64_t event_id = 0;
};
struct client_tool_call {
  std::string tool_name, tool_call_id;
  std::string parameters;  ///< JSON text of the object
  std::int64_t event_id = 0;
  bool expects_response = true;  ///< also where it is not said: a result too many harms less than one too few
};
struct agent_tool_request {
  std::string tool_name, tool_call_id, tool_type;
  std::int64_t event_id = 0;
  std::string parameters{};  ///< JSON text of the object; "" when it brings none, as the contract has it
};
struct agent_tool_response {  ///< also for agent_tool_response_full_payload
  std::string tool_name, tool_call_id, tool_type;
  bool is_error = false, is_called = true;
  std::int64_t event_id = 0;
};
struct mcp_tool_call {
  std::string service_id, tool_call_id, tool_name, state;
};
struct vad_score {
  double score = 0;
};
enum class queue_place { waiting, admitted, timed_out, unknown };
struct queue_status {
  queue_place place = queue_place::unknown;
};
struct failure {  ///< `error` and `client_error`, nested or flat
  int code = 0;   ///< 0 when absent (flat shape)
  std::string type, message, reason;
};
struct other {  ///< a known type without meaning on the phone (context_usage, agent_typing, ...)
  std::string type;
};
struct unknown {  ///< a type this version does not know: ignored, but counted
  std::string type;
};
using message = std::variant<metadata, audio, interruption, ping, user_transcript, agent_response,
                             agent_response_correction, agent_response_complete, client_tool_call, agent_tool_request,
                             agent_tool_response, mcp_tool_call, vad_score, queue_status, failure, other, unknown>;

/// Unknown fields are ignored, null is absent, of duplicate fields the first counts. Ids are whole numbers, not
/// negative (else bad_field). Needed, else missing_field: the payload object; the ids of audio, interruption and ping;
/// the texts; conversation_id; tool names; the tool_call_id of a call that is to be answered. A failure is never
/// refused: what is wrong in it is empty. The type of `unknown` is cut to 64 bytes.
[[nodiscard]] decoded<message> decode(std::string_view text);

/// An `audio` message seen without building a document; as twilio::find_media: a yes is what `decode` says too. Views
/// into the text. The payload is whole Base64.
struct audio_view {
  std::string_view payload;  ///< Base64 as it came; "" is possible
  std::int64_t event_id = 0;
};
[[nodiscard]] std::optional<audio_view> find_audio(std::string_view text) noexcept;

// --- us to agent

/// All append one message as one JSON object. Bytes that are no UTF-8 become U+FFFD: they would end the conversation.
using variable = std::variant<std::string, double, bool, std::int64_t>;

/// What the tenant sets for a conversation. Empty optionals are left out of the message altogether: a forbidden
/// override closes the socket with 1008, so nothing is sent that was not asked for. A first message of "" is sent as
/// such: the agent then waits for the caller. Audio formats are never sent
/// (docs/protocols/elevenlabs.md#overrides). A variable that is NaN or infinite is left out.
struct initiation {
  std::map<std::string, variable> dynamic_variables;
  std::string user_id;  ///< "" = left out
  std::optional<std::string> first_message, language, prompt, voice_id;
};
void append_initiation(const initiation& data, std::string& out);

/// {"user_audio_chunk":"…"}: the text before and after the payload.
inline constexpr std::string_view audio_before = R"({"user_audio_chunk":")";
inline constexpr std::string_view audio_after = R"("})";
void append_user_audio(std::string_view base64_payload, std::string& out);
void append_pong(std::int64_t event_id, std::string& out);
void append_contextual_update(std::string_view text, std::string_view context_id, std::string& out);  ///< id "" = none
void append_user_message(std::string_view text, std::string& out);
void append_client_tool_result(std::string_view tool_call_id, std::string_view result, bool is_error, std::string& out);
void append_mcp_tool_approval(std::string_view tool_call_id, bool approved, std::string& out);

}  // namespace tonris::model::elevenlabs
