#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "model/call/end_reason.hpp"
#include "model/call/trouble.hpp"

namespace tonris::actors {

/// What went wrong last, with either leg of a call: whoever hangs up before it is over gives up. It is over when the
/// caller has heard something since; where the agent did not hear him, when that has shown that it does.
class trouble_watch {
 public:
  using time = std::chrono::steady_clock::time_point;

  void begins(model::end_reason why, time now) noexcept { newest_ = {why, now, false}; }
  void agent_hears_caller() noexcept {
    if (newest_) newest_->agent_hears = true;
  }
  /// `heard`: when the caller last heard the agent; `answered`: when his first stream began.
  [[nodiscard]] model::trouble_signs signs(time now, time heard, time answered) const {
    model::trouble_signs signs;
    if (newest_) {
      signs.last = newest_->why;
      signs.over = newest_->why == model::end_reason::agent_not_hearing ? newest_->agent_hears : heard > newest_->since;
    }
    signs.unheard = std::chrono::duration_cast<std::chrono::milliseconds>(now - std::max(heard, answered));
    return signs;
  }

 private:
  struct trouble {
    model::end_reason why;
    time since;
    bool agent_hears = false;  ///< it has shown since that it does
  };
  std::optional<trouble> newest_;
};

/// One-way audio heals once each (docs/failures.md): who does not hear the agent gets another stream, an agent that
/// does not hear or is not heard another conversation. A second time it is no accident.
class one_way_audio {
 public:
  /// May what ended a leg for this reason be healed? Then that was counted. Other reasons are none of its business.
  [[nodiscard]] bool may_heal(model::end_reason why) noexcept {
    if (why == model::end_reason::caller_not_hearing) return !std::exchange(caller_not_hearing_, true);
    if (why == model::end_reason::agent_not_hearing) return !std::exchange(agent_not_hearing_, true);
    if (why == model::end_reason::agent_not_audible) return !std::exchange(agent_not_audible_, true);
    return true;
  }

 private:
  bool caller_not_hearing_ = false, agent_not_hearing_ = false, agent_not_audible_ = false;
};

}  // namespace tonris::actors
