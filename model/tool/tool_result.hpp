#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tonris::model {

/// What the agent is answered. A result that is no string, or longer than this, ends conversations.
struct tool_result {
  std::string text;  ///< words, or JSON as text
  bool is_error = false;
  bool operator==(const tool_result&) const = default;
};
inline constexpr std::size_t max_result_bytes = 16 * 1024;

[[nodiscard]] tool_result done(std::string text);     ///< it was done
[[nodiscard]] tool_result refused(std::string text);  ///< it was not, and why, in a sentence
/// `client_tool_result`, one JSON object, appended. `result` is always a string, UTF-8, cut to max_result_bytes with an
/// ellipsis; one that is empty says "ok" or "error".
void append_tool_result(std::string_view tool_call_id, const tool_result& result, std::string& out);

/// What the agent is told of a tool that nobody has here, and of one that took too long.
[[nodiscard]] tool_result unknown_tool(std::string_view name);
[[nodiscard]] tool_result late_tool();
[[nodiscard]] tool_result too_many_tools();

}  // namespace tonris::model
