#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include "model/elevenlabs/conversation.hpp"
#include "model/tool/tool_request.hpp"

namespace tonris::model {

/// What an agent can have us do in a call, by the tool's name, with its parameters read and checked. Numbers may come
/// as text, and text of digits as a number: it is a language model that writes them. Parameters that a tool does not
/// know are nobody's business.
namespace tool_commands {

struct end_call {
  std::string reason;  ///< at most 200 bytes; "" when not said
};
/// `number`, also as `transfer_number` or `phone_number`: as the agent wrote it, "" where the tenant's only one is
/// meant. Whether it may be called is for model/tool/transfer_guard.hpp to say. `reason` is for whoever is called.
struct transfer_call {
  std::string number, reason;
};
/// `digits`, also as `dtmf_tones`: 1 to 32 of 0-9 * # w W.
struct send_dtmf {
  std::string digits;
};
struct hold {
  std::chrono::seconds most{120};  ///< `seconds`, 1 to 600: then the caller is taken back
};
struct resume {};
struct set_variable {
  std::string name;            ///< not one that the gateway or the vendor sets
  elevenlabs::variable value;  ///< text of at most 1,000 bytes, number or flag
};
struct note {
  std::string text;  ///< 1 to 2,000 bytes, goes into the call's record
};
struct request_callback {
  std::string number;  ///< as written; "" means the caller's own
  std::string when;    ///< in the agent's words, at most 200 bytes; "" means soon
  std::string reason;  ///< at most 500 bytes
};
struct collect_digits {
  std::size_t count = 0;             ///< `count`, 1 to 32: at most so many
  char terminator = '#';             ///< `terminator`, "#", "*" or "none"; '\0' for none
  std::chrono::seconds timeout{10};  ///< `timeout_seconds`, 1 to 60: without a key
  std::string prompt;                ///< at most 500 bytes: what the caller is asked; "" when the agent asks himself
};
/// No name of ours; a tenant's own tool may have it.
struct other {
  std::string name;
};

}  // namespace tool_commands

using tool_command =
    std::variant<tool_commands::end_call, tool_commands::transfer_call, tool_commands::send_dtmf, tool_commands::hold,
                 tool_commands::resume, tool_commands::set_variable, tool_commands::note,
                 tool_commands::request_callback, tool_commands::collect_digits, tool_commands::other>;

inline constexpr std::size_t max_parameter_bytes = 64 * 1024;

/// The mistake is a sentence for the agent, which can then ask again in another way; it repeats no value.
[[nodiscard]] tl::expected<tool_command, std::string> parse_tool_command(const tool_request& request);

/// The names of the tools that are ours, for the agent check: "end_call", "transfer_call", ….
inline constexpr std::string_view tool_command_names[] = {"end_call", "transfer_call",    "send_dtmf",
                                                          "hold",     "resume",           "set_variable",
                                                          "note",     "request_callback", "collect_digits"};

}  // namespace tonris::model
