#include "actors/leg/tool_calls.hpp"

#include <utility>

#include "actors/leg/metrics.hpp"

namespace tonris::actors {

namespace el = model::elevenlabs;
using model::tool_ledger;
using dropped = leg_metrics::dropped_tool;

void tool_calls::asked(const el::client_tool_call& call, time now) {
  receive(model::to_tool_request(call), now);
}

/// A client tool may come as this alone (elevenlabs-android 34), or as both.
void tool_calls::asked(const el::agent_tool_request& request, time now) {
  if (const auto ours = model::to_tool_request(request)) receive(*ours, now);
}

void tool_calls::asked(const el::mcp_tool_call& call) {
  if (call.state != "awaiting_approval" || !refused_.is_first(call.tool_call_id)) return;
  text_.clear();
  el::append_mcp_tool_approval(call.tool_call_id, false, text_);
  told_.send_to_agent(text_);
}

void tool_calls::receive(const model::tool_request& request, time now) {
  switch (ledger_.receive(request, now)) {
    case tool_ledger::reception::run: return told_.tool_is_called(request);
    case tool_ledger::reception::wait:
    case tool_ledger::reception::known: return;
    case tool_ledger::reception::full:
      counters_.of<leg_metrics>().tool_dropped(dropped::too_many);
      return send_result(request.id, model::too_many_tools());
    case tool_ledger::reception::nameless: return counters_.of<leg_metrics>().tool_dropped(dropped::nameless);
  }
}

bool tool_calls::answer(std::string_view id, const model::tool_result& result) {
  if (!ledger_.answer(id)) return false;
  send_result(id, result);
  return true;
}

void tool_calls::tick(time now) {
  const auto due = ledger_.next();
  if (!due || *due > now) return;
  for (auto& request : ledger_.ripe(now)) told_.tool_is_called(std::move(request));
  for (auto& late : ledger_.give_up(now)) {
    counters_.of<leg_metrics>().tool_dropped(dropped::late);
    send_result(late.id, model::late_tool());
    told_.tool_is_given_up(std::move(late.id), std::move(late.name));
  }
}

void tool_calls::send_result(std::string_view id, const model::tool_result& result) {
  text_.clear();
  model::append_tool_result(id, result, text_);
  told_.send_to_agent(text_);
}

}  // namespace tonris::actors
