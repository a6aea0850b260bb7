#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tools/sim/elevenlabs/agent_script.hpp"

namespace tonris::sim::say {

/// What the vendor sends on a conversation socket (docs/protocols/elevenlabs.md#what-the-agent-sends), as text.
[[nodiscard]] std::string metadata(std::string_view conversation_id, std::string_view output_format,
                                   std::string_view input_format);  ///< a format of "" is left out
struct audio_extras {
  bool alignment = false;
  bool unknown_fields = false;
  std::size_t pad_to = 0;  ///< the message is made at least this long
};
[[nodiscard]] std::string audio(std::span<const std::uint8_t> bytes, std::int64_t event_id,
                                const audio_extras& extras = {});
[[nodiscard]] std::string interruption(std::int64_t event_id);
[[nodiscard]] std::string ping(std::int64_t event_id, std::string_view ping_ms);  ///< JSON of it; "" leaves it out
[[nodiscard]] std::string user_transcript(std::string_view text, std::int64_t event_id, bool tentative);
[[nodiscard]] std::string agent_response(std::string_view text, std::int64_t event_id);
[[nodiscard]] std::string correction(std::string_view original, std::string_view corrected, std::int64_t event_id);
[[nodiscard]] std::string tool_call(const tool_use& tool, std::int64_t event_id);
[[nodiscard]] std::string end_call_request(std::int64_t event_id);
[[nodiscard]] std::string end_call_response(std::int64_t event_id);
[[nodiscard]] std::string queue_status(std::string_view status);
[[nodiscard]] std::string error_nested(int code, std::string_view type, std::string_view message,
                                       std::string_view reason);
[[nodiscard]] std::string error_flat(std::string_view message);
/// Types a gateway does not know, or knows and has no use for; a different one each time.
[[nodiscard]] std::string odd_event(std::uint64_t number);

}  // namespace tonris::sim::say
