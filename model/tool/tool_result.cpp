#include "model/tool/tool_result.hpp"

#include <utility>

#include "model/elevenlabs/conversation.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view ellipsis = "\u2026";
constexpr std::size_t shown_name_bytes = 64;

}  // namespace

tool_result done(std::string text) {
  return {std::move(text), false};
}

tool_result refused(std::string text) {
  return {std::move(text), true};
}

void append_tool_result(std::string_view tool_call_id, const tool_result& result, std::string& out) {
  if (result.text.empty())
    return elevenlabs::append_client_tool_result(tool_call_id, result.is_error ? "error" : "ok", result.is_error, out);
  if (result.text.size() <= max_result_bytes)
    return elevenlabs::append_client_tool_result(tool_call_id, result.text, result.is_error, out);
  auto text = std::string{utf8_prefix(result.text, max_result_bytes - ellipsis.size())}.append(ellipsis);
  elevenlabs::append_client_tool_result(tool_call_id, text, result.is_error, out);
}

tool_result unknown_tool(std::string_view name) {
  return refused("There is no tool named " + std::string{utf8_prefix(name, shown_name_bytes)} + " here.");
}

tool_result late_tool() {
  return refused("That took too long and was given up.");
}

tool_result too_many_tools() {
  return refused("Too many tools are running at once.");
}

}  // namespace tonris::model
