#include "model/end_explanation.hpp"

namespace tonris::model {

std::string_view explain(end_reason r) noexcept {
  switch (r) {
    case end_reason::caller_hung_up: return "The caller hung up.";
    case end_reason::agent_ended: return "The agent said goodbye and ended the conversation.";
    case end_reason::operator_hung_up: return "An operator ended the call.";
    case end_reason::max_duration: return "The call had reached the longest time the tenant allows.";
    case end_reason::unknown_number: return "No tenant owns the number that was called.";
    case end_reason::tenant_suspended: return "The tenant is suspended.";
    case end_reason::no_agent: return "The tenant has no agent, and neither has the gateway a default one.";
    case end_reason::node_full: return "This node already had as many calls as it may take (MAX_CALLS).";
    case end_reason::node_overloaded: return "This node was beyond its limits of memory or of loop lag.";
    case end_reason::registry_down: return "The tenant registry did not answer, so nobody knew whose call it was.";
    case end_reason::agent_auth_failed: return "ElevenLabs refused the API key.";
    case end_reason::agent_not_found: return "ElevenLabs does not know the agent that the tenant has set.";
    case end_reason::agent_out_of_credit: return "The ElevenLabs account is out of credit.";
    case end_reason::agent_busy: return "ElevenLabs was at its limit of conversations and took no other.";
    case end_reason::agent_refused: return "ElevenLabs refused the conversation, and would refuse it again.";
    case end_reason::agent_unreachable: return "No connection to ElevenLabs could be made.";
    case end_reason::agent_timeout: return "ElevenLabs did not answer in time.";
    case end_reason::agent_lost: return "The agent's connection broke in the middle of the conversation.";
    case end_reason::agent_protocol_error: return "What ElevenLabs sent was no conversation.";
    case end_reason::agent_audio_unknown: return "The agent's audio was in a format nobody here knows.";
    case end_reason::agent_not_hearing: return "The caller talked, but the agent never noticed.";
    case end_reason::agent_not_audible: return "The agent answered, but nothing of it could be heard.";
    case end_reason::stream_never_came: return "Twilio never opened the call's media stream.";
    case end_reason::stream_protocol_error:
      return "What came over the media stream was none of Twilio's, or of another call.";
    case end_reason::stream_audio_unknown: return "The media stream's audio was not mu-law at 8 kHz.";
    case end_reason::stream_lost: return "The caller's media stream broke and did not come back.";
    case end_reason::stream_idle: return "The caller's media stream was open, but no audio came over it.";
    case end_reason::caller_not_hearing: return "Audio was sent to the caller, but Twilio never reported it as played.";
    case end_reason::slow_agent: return "ElevenLabs did not take the caller's audio fast enough.";
    case end_reason::slow_caller: return "Twilio did not take the agent's audio fast enough.";
    case end_reason::shutdown: return "This gateway was shut down with the call still on it.";
    case end_reason::node_lost: return "This gateway went down with the call, and the call never came back.";
    case end_reason::internal_error: return "Something in this gateway itself failed.";
  }
  return "Something in this gateway itself failed.";
}

std::string_view explain(caused_by c) noexcept {
  switch (c) {
    case caused_by::caller: return "the caller";
    case caused_by::agent: return "the agent";
    case caused_by::tenant: return "the tenant's settings";
    case caused_by::vendor: return "the vendor (ElevenLabs)";
    case caused_by::network: return "the network";
    case caused_by::gateway: return "this gateway";
    case caused_by::operators: return "an operator";
  }
  return "this gateway";
}

}  // namespace tonris::model
