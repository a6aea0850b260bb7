#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "actors/call/agent_transfer.hpp"
#include "actors/call/context.hpp"
#include "actors/call/pressed_keys.hpp"
#include "model/tool/digit_collector.hpp"
#include "model/tool/tool_command.hpp"
#include "model/tool/tool_result.hpp"

namespace tonris::actors {

/// What the agent does by client tools (docs/tools.md#client-tools): each request comes once, is carried out, answered
/// and written down. All but collect_digits and transfer_call are done at once. What it is given outlives it.
class agent_tools {
 public:
  static constexpr std::size_t most_variables = 50;       ///< that an agent sets in one call
  static constexpr std::chrono::seconds digits_slack{5};  ///< beyond the time that the keys themselves may take

  agent_tools(call_context& call, pressed_keys& keys, agent_transfer& transfer)
      : call_(call), keys_(keys), transfer_(transfer) {}

  void run(const tool_called& called);
  void given_up(const tool_given_up& late);  ///< the agent has been told so already
  void press(const key_pressed& key);
  void hold_is_over();
  void digits_overdue();
  void lives_again();  ///< after a crash of the call's actor
  void stop();         ///< the call ends, or is another node's: what is not answered yet is written down

 private:
  using request = model::tool_request;

  // by the command
  void on(const request& asked, const model::tool_commands::end_call& command);
  void on(const request& asked, const model::tool_commands::transfer_call& command);
  void on(const request& asked, const model::tool_commands::send_dtmf& command);
  void on(const request& asked, const model::tool_commands::hold& command);
  void on(const request& asked, const model::tool_commands::resume& command);
  void on(const request& asked, const model::tool_commands::set_variable& command);
  void on(const request& asked, const model::tool_commands::note& command);
  void on(const request& asked, const model::tool_commands::request_callback& command);
  void on(const request& asked, const model::tool_commands::collect_digits& command);
  void on(const request& asked, const model::tool_commands::other& command);

  void answer(const request& asked, const model::tool_result& result, bool last_turn = false);
  [[nodiscard]] bool add_note(std::string text);
  /// Into the record and the timeline; `detail`: no number, no key in clear.
  void write_down(const std::string& name, const std::string& id, bool failed, std::uint32_t milliseconds,
                  std::string_view detail);
  void await_digits();
  void drop_stale_collection();
  void digits_are_there(const model::digit_collector::collected& what);

  // given
  call_context& call_;
  pressed_keys& keys_;
  agent_transfer& transfer_;
};

}  // namespace tonris::actors
