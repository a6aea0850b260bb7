#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/elevenlabs/conversation.hpp"
#include "model/tool/tool_command.hpp"
#include "model/tool/tool_result.hpp"

namespace {

namespace el = tonris::model::elevenlabs;
namespace commands = tonris::model::tool_commands;
using tonris::model::tool_command;
using tonris::model::tool_request;

void check(const tool_command& command) {
  if (const auto* const keys = std::get_if<commands::send_dtmf>(&command))
    if (keys->digits.empty() || keys->digits.size() > 32) std::abort();
  if (const auto* const digits = std::get_if<commands::collect_digits>(&command))
    if (digits->count < 1 || digits->count > 32 || digits->timeout.count() < 1) std::abort();
  if (const auto* const note = std::get_if<commands::note>(&command))
    if (note->text.empty() || note->text.size() > 2000) std::abort();
}

void run(const tool_request& request) {
  const auto command = parse_tool_command(request);
  if (command) return check(*command);
  if (command.error().empty() || command.error().size() > 200) std::abort();
  std::string sent;
  tonris::model::append_tool_result(request.id, tonris::model::refused(command.error()), sent);
  if (!el::decode(sent)) std::abort();
}

}  // namespace

// Laws: a command is within its bounds; a mistake is a short sentence, and its result is a message; whichever message
// brings it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  for (const auto name : tonris::model::tool_command_names) run({"a1", std::string{name}, std::string{text}});
  const auto message = el::decode(text);
  if (!message) return 0;
  if (const auto* const call = std::get_if<el::client_tool_call>(&*message)) run(tonris::model::to_tool_request(*call));
  if (const auto* const asked = std::get_if<el::agent_tool_request>(&*message))
    if (const auto request = tonris::model::to_tool_request(*asked)) run(*request);
  return 0;
}
