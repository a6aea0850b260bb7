#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tonris::model::elevenlabs {

/// What an agent is told is read by a language model within a conversation: short, JSON, and never an HTTP error, whose
/// body the vendor hides from it.
inline constexpr std::size_t max_tool_answer_bytes = 16 * 1024;
inline constexpr std::string_view default_tool_apology = "I cannot look that up right now.";
inline constexpr std::size_t max_tool_apology_bytes = 500;

/// What became of a tool's call, one value a cause: for metrics and logs. The first is the only success.
enum class tool_outcome : std::uint8_t {
  answered,
  too_large,     ///< the server's answer is beyond the limit
  unreadable,    ///< said to be JSON or text, and is not
  wrong_type,    ///< of a content type that is neither
  server_error,  ///< any status but 2xx; a redirect that was not followed as well
  timed_out,
  unreachable,  ///< no name, no connection, TLS, an answer that broke off
  refused,      ///< an address that may not be called, or a circuit that is open
  unknown_tool,
  bad_request,  ///< the agent's request could not be read
};
[[nodiscard]] std::string_view to_string(tool_outcome outcome) noexcept;

struct tool_answer {
  std::string json;  ///< one JSON object or list, well-formed UTF-8, at most 16 KiB
  tool_outcome outcome = tool_outcome::answered;
};

/// What the tenant's own server said; the views need to live during the call only.
struct tool_response {
  unsigned status = 0;
  std::string_view content_type;  ///< the header's value, "" for none
  std::string_view body;          ///< decoded; whoever reads it may stop one byte behind the limit
};
/// JSON (an object or a list) passes as it is, without blanks around it; another JSON value and a text become
/// `{"result": …}`; an empty 2xx answer `{"result":"ok"}`. Without a content type it is JSON if it can be, else text.
/// All else is an apology. Never throws but for want of memory.
[[nodiscard]] tool_answer shape_tool_answer(const tool_response& response, std::string_view apology = {});

/// `{"error":"I cannot look that up right now."}`, or with the tenant's words: at most 500 bytes of them, "" for none.
[[nodiscard]] tool_answer apologise(tool_outcome why, std::string_view apology = {});

}  // namespace tonris::model::elevenlabs
