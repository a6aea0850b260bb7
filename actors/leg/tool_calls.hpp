#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "actors/leg/messages.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/elevenlabs/answered_calls.hpp"
#include "model/elevenlabs/conversation.hpp"
#include "model/tool/tool_ledger.hpp"

namespace tonris::actors {

/// The client tools of one conversation (model/tool/tool_ledger.hpp): which request is run, which answer is sent. Each
/// id runs once, whichever of its messages come, and is answered once; nobody waits for one that is not answered in
/// time. Belongs to one agent leg, on its loop; the clock is an argument, and it is ticked ten times a second. What it
/// counts is leg_metrics' `tool_dropped`.
class tool_calls {
 public:
  using time = model::tool_ledger::time;
  /// The agent leg. Called from within the members below; a view lives as long as the call.
  class listener {
   public:
    virtual void tool_is_called(model::tool_request request) = 0;
    virtual void tool_is_given_up(std::string id, std::string name) = 0;
    virtual void send_to_agent(std::string_view message) = 0;

   protected:
    ~listener() = default;
  };

  /// Both must outlive it.
  tool_calls(listener& told, metrics& counters) : told_(told), counters_(counters) {}

  // --- from the agent
  void asked(const model::elevenlabs::client_tool_call& call, time now);
  void asked(const model::elevenlabs::agent_tool_request& request, time now);
  /// A tool of somebody else's server, which we are asked to approve: never, and said once.
  void asked(const model::elevenlabs::mcp_tool_call& call);

  // --- from the call
  /// False where nothing is sent: it has been answered, was given up, or wants no answer.
  bool answer(std::string_view id, const model::tool_result& result);
  void wait_longer(std::string_view id, time until) { (void)ledger_.extend(id, until); }

  void tick(time now);

 private:
  void receive(const model::tool_request& request, time now);
  void send_result(std::string_view id, const model::tool_result& result);

  // given
  listener& told_;
  metrics& counters_;
  // state
  model::tool_ledger ledger_;
  model::answered_calls refused_;  // foreign ones
  std::string text_;               // scratch, reused
};

}  // namespace tonris::actors
