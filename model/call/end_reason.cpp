#include "model/call/end_reason.hpp"

namespace tonris::model {

namespace {

struct row {
  std::string_view name;
  caused_by who;
  aftermath after;
  gravity weight;
};

constexpr std::array<row, end_reason_count> rows{{
    {"caller_hung_up", caused_by::caller, aftermath::hang_up, gravity::ordinary},
    {"agent_ended", caused_by::agent, aftermath::hang_up, gravity::ordinary},
    {"operator_hung_up", caused_by::operators, aftermath::hang_up, gravity::ordinary},
    {"max_duration", caused_by::tenant, aftermath::sentence, gravity::ordinary},
    {"unknown_number", caused_by::tenant, aftermath::sentence, gravity::lost},
    {"tenant_suspended", caused_by::tenant, aftermath::sentence, gravity::ordinary},
    {"no_agent", caused_by::tenant, aftermath::fallback, gravity::lost},
    {"node_full", caused_by::gateway, aftermath::fallback, gravity::lost},
    {"node_overloaded", caused_by::gateway, aftermath::fallback, gravity::lost},
    {"registry_down", caused_by::gateway, aftermath::fallback, gravity::alarm},
    {"outbound_not_served", caused_by::operators, aftermath::hang_up, gravity::ordinary},
    {"agent_auth_failed", caused_by::vendor, aftermath::fallback, gravity::alarm},
    {"agent_not_found", caused_by::tenant, aftermath::fallback, gravity::lost},
    {"agent_out_of_credit", caused_by::vendor, aftermath::fallback, gravity::alarm},
    {"agent_busy", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"agent_refused", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"agent_unreachable", caused_by::network, aftermath::fallback, gravity::lost},
    {"agent_timeout", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"agent_lost", caused_by::network, aftermath::fallback, gravity::lost},
    {"agent_protocol_error", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"agent_audio_unknown", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"agent_not_hearing", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"agent_not_audible", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"stream_never_came", caused_by::network, aftermath::fallback, gravity::lost},
    {"stream_protocol_error", caused_by::network, aftermath::fallback, gravity::lost},
    {"stream_audio_unknown", caused_by::network, aftermath::fallback, gravity::lost},
    {"stream_lost", caused_by::network, aftermath::fallback, gravity::lost},
    {"stream_idle", caused_by::network, aftermath::fallback, gravity::lost},
    {"caller_not_hearing", caused_by::network, aftermath::fallback, gravity::lost},
    {"slow_agent", caused_by::vendor, aftermath::fallback, gravity::lost},
    {"slow_caller", caused_by::network, aftermath::fallback, gravity::lost},
    {"shutdown", caused_by::operators, aftermath::fallback, gravity::lost},
    {"node_lost", caused_by::gateway, aftermath::fallback, gravity::lost},
    {"internal_error", caused_by::gateway, aftermath::fallback, gravity::alarm},
}};

const row& row_of(end_reason r) noexcept {
  return rows[static_cast<std::size_t>(r) % end_reason_count];
}

}  // namespace

std::string_view to_string(end_reason r) noexcept {
  return row_of(r).name;
}

std::string_view to_string(caused_by c) noexcept {
  switch (c) {
    case caused_by::caller: return "caller";
    case caused_by::agent: return "agent";
    case caused_by::tenant: return "tenant";
    case caused_by::vendor: return "vendor";
    case caused_by::network: return "network";
    case caused_by::gateway: return "gateway";
    case caused_by::operators: return "operator";
  }
  return "gateway";
}

caused_by who(end_reason r) noexcept {
  return row_of(r).who;
}

aftermath after(end_reason r) noexcept {
  return row_of(r).after;
}

gravity gravity_of(end_reason r) noexcept {
  return row_of(r).weight;
}

std::string_view default_sentence(end_reason r) noexcept {
  switch (r) {
    case end_reason::unknown_number: return "We are sorry, this number is not in service. Goodbye.";
    case end_reason::tenant_suspended:
    case end_reason::no_agent: return "We are sorry, this number cannot take calls at the moment. Goodbye.";
    case end_reason::node_full:
    case end_reason::node_overloaded:
    case end_reason::agent_busy:
      return "We are sorry, all our lines are busy. Please call again in a few minutes. Goodbye.";
    case end_reason::max_duration: return "We are sorry, this call has reached its time limit. Goodbye.";
    case end_reason::caller_hung_up:
    case end_reason::agent_ended:
    case end_reason::operator_hung_up:
    case end_reason::registry_down:
    case end_reason::outbound_not_served:
    case end_reason::agent_auth_failed:
    case end_reason::agent_not_found:
    case end_reason::agent_out_of_credit:
    case end_reason::agent_refused:
    case end_reason::agent_unreachable:
    case end_reason::agent_timeout:
    case end_reason::agent_lost:
    case end_reason::agent_protocol_error:
    case end_reason::agent_audio_unknown:
    case end_reason::agent_not_hearing:
    case end_reason::agent_not_audible:
    case end_reason::stream_never_came:
    case end_reason::stream_protocol_error:
    case end_reason::stream_audio_unknown:
    case end_reason::stream_lost:
    case end_reason::stream_idle:
    case end_reason::caller_not_hearing:
    case end_reason::slow_agent:
    case end_reason::slow_caller:
    case end_reason::shutdown:
    case end_reason::node_lost:
    case end_reason::internal_error: break;
  }
  return "We are sorry, we cannot take your call right now. Please call again in a few minutes. Goodbye.";
}

}  // namespace tonris::model
