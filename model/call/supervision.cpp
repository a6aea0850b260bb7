#include "model/call/supervision.hpp"

#include <algorithm>

namespace tonris::model::supervision {

restart_budget::verdict restart_budget::take(time_point now) {
  std::erase_if(taken_, [&](time_point taken) { return now - taken >= limits_.within; });
  if (taken_.size() >= limits_.restarts) return {};
  taken_.push_back(now);
  return {true, static_cast<unsigned>(taken_.size() - 1)};
}

std::chrono::milliseconds backoff(unsigned attempt, std::uint32_t random) noexcept {
  const auto ceiling = std::min(most_backoff, least_backoff * (1U << std::min(attempt, 10U)));
  const auto choices = static_cast<std::uint64_t>(ceiling.count()) + 1;
  return std::chrono::milliseconds{static_cast<std::int64_t>((std::uint64_t{random} * choices) >> 32)};
}

bool heals_by_restart(end_reason r) noexcept {
  switch (r) {
    case end_reason::agent_busy:
    case end_reason::agent_unreachable:
    case end_reason::agent_timeout:
    case end_reason::agent_lost:
    case end_reason::agent_protocol_error:
    case end_reason::agent_not_hearing:
    case end_reason::agent_not_audible:
    case end_reason::slow_agent:
    case end_reason::internal_error: return true;
    case end_reason::caller_hung_up:
    case end_reason::agent_ended:
    case end_reason::operator_hung_up:
    case end_reason::max_duration:
    case end_reason::unknown_number:
    case end_reason::tenant_suspended:
    case end_reason::no_agent:
    case end_reason::node_full:
    case end_reason::node_overloaded:
    case end_reason::registry_down:
    case end_reason::outbound_not_served:
    case end_reason::agent_auth_failed:
    case end_reason::agent_not_found:
    case end_reason::agent_out_of_credit:
    case end_reason::agent_refused:
    case end_reason::agent_audio_unknown:
    case end_reason::stream_never_came:
    case end_reason::stream_protocol_error:
    case end_reason::stream_audio_unknown:
    case end_reason::stream_lost:
    case end_reason::stream_idle:
    case end_reason::caller_not_hearing:
    case end_reason::slow_caller:
    case end_reason::shutdown:
    case end_reason::node_lost: return false;
  }
  return false;
}

}  // namespace tonris::model::supervision
