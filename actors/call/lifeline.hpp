#pragma once

#include <caf/actor_clock.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/call/answered_questions.hpp"
#include "actors/call/stream_errors.hpp"
#include "actors/call/trouble.hpp"
#include "actors/leg/media_bridge.hpp"
#include "actors/leg/messages.hpp"
#include "actors/tenant/messages.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/clock.hpp"
#include "model/call/supervision.hpp"
#include "model/tool/digit_collector.hpp"

namespace tonris::actors {

/// The agent asked for keys of the caller's, and has no answer yet.
struct digit_collection {
  std::string id, name;      ///< of its request
  caf::actor_id asked_by{};  ///< the agent leg: another one's conversation waits for nothing
  model::digit_collector collector;
  caf::actor_clock::time_point began;
};

/// What of a call outlives its actor: the checkpoint, and, as long as the process lives, both legs with what they
/// share. Made by the supervisor, passed to each incarnation of the call. Exactly one actor uses it at a time: the call
/// while it lives, the supervisor between two lives and after the last.
struct call_lifeline {
  // what the call is
  model::call_checkpoint state;
  model::call_clock clock;
  tenant_ptr tenant;
  std::string keys;  ///< pressed so far; in the checkpoint they are sealed
  std::optional<digit_collection> collecting;

  // its legs
  caller_leg_actor caller_leg;
  agent_leg_actor agent_leg;
  agent_leg_actor second_agent_leg;  ///< tried beside the first, which is not ready; whichever is first is agent_leg
  std::uint64_t taken_of_caller_leg = 0, taken_of_agent_leg = 0, taken_of_second_agent_leg = 0;  ///< newest told_once
  caf::actor_id second_tried_beside = 0;        ///< which agent_leg that was
  caf::actor_clock::time_point agent_ready_by;  ///< else agent_leg gives up, and so does the second
  bool agent_live = false;
  std::vector<any_leg> leaving;   ///< said their last word and close their sockets
  loop_services* loop = nullptr;  ///< of all its legs, once it has one
  std::shared_ptr<media_bridge> bridge;
  bool before_stream = false;  ///< a warm start: the agent does not wait for the caller's first stream
  std::shared_ptr<media_counters> counters = std::make_shared<media_counters>();

  // what went wrong, and may be healed
  model::supervision::restart_budget agent_budget{model::supervision::agent_leg_budget};
  model::supervision::restart_budget call_budget{model::supervision::call_budget};
  trouble_watch trouble;
  one_way_audio one_way;
  std::uint64_t trouble_counted_in = 0;  ///< trouble_sum's
  bool agent_failure_told = false;       ///< in the log: one line a conversation, not one a try

  // what Twilio was told, and told
  answered_questions answered;
  bool over = false;            ///< Twilio said so: nothing of this call comes any more
  bool offered_beside = false;  ///< the newest ticket, while another stream seemed to run
  stream_errors stream_errors_told;

  // its length
  std::chrono::steady_clock::time_point answered_at{};
  std::chrono::nanoseconds away{};  ///< between a hang-up and the caller's return: no part of the call's length
  bool warned_of_length = false;    ///< the call's time is nearly over
  model::month_level month_told{};  ///< to the agent, of the tenant's month
  model::call_record::media_counts counted;  ///< in the metrics already: the call had ended, and came back

  /// Where its legs live from now on.
  void begin_on(loop_services* where) {
    loop = where;
    bridge = std::make_shared<media_bridge>();
    bridge->counters = counters;
    bridge->caller_audio = model::caller_meter{counters->from_caller_quality.get()};
    bridge->agent_audio = model::playback_meter{counters->to_caller_quality.get()};
  }
  /// Is there somebody the agent may be opened for?
  [[nodiscard]] bool awaits_agent() const noexcept { return caller_leg || before_stream; }

  // the tenant's rehearsal
  bool rehearsing = false;  ///< for a caller on its list
  bool rehearsed = false;
};

}  // namespace tonris::actors
