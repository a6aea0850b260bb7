#include "model/call/end_explanation.hpp"

#include <array>

namespace tonris::model {

namespace {

struct row {
  std::string_view explanation, headline, advice;
};

// In the order of the enumeration.
constexpr std::array<row, end_reason_count> rows{{
    {"The caller hung up.", "callers hung up", "nothing, this is an ordinary end."},
    {"The agent said goodbye and ended the conversation.", "agents said goodbye", "nothing, this is an ordinary end."},
    {"An operator ended the call.", "operators ended calls", "nothing, this is an ordinary end."},
    {"The call had reached the longest time the tenant allows.", "calls reached their longest time",
     "raise the tenant's limits.maxCallSeconds if its calls may last longer."},
    {"No tenant owns the number that was called.", "numbers of no tenant called",
     "make the called number a tenant's twilioPhoneNumber in TENANTS_FILE (kill -HUP reads it again), or take our "
     "webhook from that number in Twilio's console."},
    {"The tenant is suspended.", "suspended tenants called",
     "set the tenant's status to active if it is to be served."},
    {"The tenant has no agent, and neither has the gateway a default one.", "tenants without an agent called",
     "set ELEVENLABS_AGENT_ID, or the tenant's settings.elevenLabsAgentId."},
    {"This node already had as many calls as it may take (MAX_CALLS).", "this node is full",
     "raise MAX_CALLS if the machine has room for more calls."},
    {"This node was beyond its limits of memory or of loop lag.", "this node is overloaded",
     "look at tonris_process for what was short; raise MAX_MEMORY_MB, MAX_LOOP_LAG_MS or IO_LOOPS if the machine has "
     "more to give."},
    {"The tenant registry did not answer, so nobody knew whose call it was.", "the tenant registry does not answer",
     "report it with the log's lines about the tenant_registry: it is a fault of the gateway."},
    {"Somebody placed this call through Twilio's API with our webhook as its address.", "outbound calls hung up",
     "nothing, unless those calls were to be answered here: this version serves no outbound ones."},
    {"ElevenLabs refused the API key.", "ElevenLabs refuses the API key",
     "check ELEVENLABS_API_KEY, and that ELEVENLABS_API_BASE_URL is the region it was made in."},
    {"ElevenLabs does not know the agent that the tenant has set.", "ElevenLabs does not know the agent",
     "compare the agent's id in the tenant's settings with ElevenLabs' list of agents, in the same region."},
    {"The ElevenLabs account is out of credit.", "ElevenLabs is out of credit",
     "look at the ElevenLabs account's subscription and payment."},
    {"ElevenLabs was at its limit of conversations and took no other.", "ElevenLabs is at its limit of conversations",
     "raise the number of conversations at once that the ElevenLabs subscription allows."},
    {"ElevenLabs refused the conversation, and would refuse it again.", "ElevenLabs refuses conversations",
     "read ElevenLabs' reason behind the end: mostly an override that the agent's security settings do not allow, a "
     "dynamic variable that is missing, or a daily limit."},
    {"No connection to ElevenLabs could be made.", "ElevenLabs unreachable",
     "read the host and the cause behind the end; check name server, firewall and ElevenLabs' status page."},
    {"ElevenLabs did not answer in time.", "ElevenLabs does not answer in time",
     "check the network to ElevenLabs and its status page; if no metadata came, whether the agent speaks the tenant's "
     "language."},
    {"The agent's connection broke in the middle of the conversation.", "ElevenLabs' connections break",
     "if it comes often, check the network to ElevenLabs and its status page."},
    {"What ElevenLabs sent was no conversation.", "ElevenLabs sends what is no conversation",
     "check that ELEVENLABS_API_BASE_URL leads to ElevenLabs, and ask them with the conversation's id."},
    {"The agent's audio was in a format nobody here knows.", "agents speak in an unknown audio format",
     "set the agent's audio formats to ulaw_8000 at ElevenLabs."},
    {"The caller talked, but the agent never noticed.", "agents do not hear their callers",
     "play the conversation back at ElevenLabs; if the caller is in it, look at the agent's transcription settings, "
     "else ask ElevenLabs with the conversation's id."},
    {"The agent answered, but nothing of it could be heard.", "agents cannot be heard",
     "check the agent's voice and audio format at ElevenLabs."},
    {"Twilio never opened the call's media stream.", "Twilio opens no streams",
     "look into Twilio's debugger (31920, 31910), and whether what stands in front of the gateway lets WebSockets "
     "through at APP_BASE_URL."},
    {"What came over the media stream was none of Twilio's, or of another call.", "streams are not Twilio's",
     "ask Twilio with the stream's SID, and look for a proxy that changes what passes."},
    {"The media stream's audio was not mu-law at 8 kHz.", "streams are not mu-law at 8 kHz",
     "ask Twilio with the stream's SID."},
    {"The caller's media stream broke and did not come back.", "streams break",
     "if it comes often, look for a proxy in front of the gateway that restarts or cuts long connections."},
    {"The caller's media stream was open, but no audio came over it.", "streams carry no audio",
     "ask Twilio with the stream's SID."},
    {"Audio was sent to the caller, but Twilio never reported it as played.", "callers hear nothing",
     "ask Twilio with the stream's SID why its marks did not come back."},
    {"ElevenLabs did not take the caller's audio fast enough.", "ElevenLabs does not take the callers' audio",
     "check the network to ElevenLabs and its status page."},
    {"Twilio did not take the agent's audio fast enough.", "Twilio does not take the agents' audio",
     "check the network from this gateway to Twilio, and a proxy between them."},
    {"This gateway was shut down with the call still on it.", "calls ended with a shutdown",
     "give live calls a longer DRAIN_TIMEOUT, or start the gateway again at once with the same DATA_DIR."},
    {"This gateway went down with the call, and the call never came back.", "calls were lost with the node",
     "find out what ended the process, and have it started again at once with the same DATA_DIR."},
    {"Something in this gateway itself failed.", "this gateway fails",
     "report it with the log's lines about the call and tonris_actor_crashes_total: it is a fault of the gateway."},
}};

const row& row_of(end_reason r) noexcept {
  return rows[static_cast<std::size_t>(r) % end_reason_count];
}

}  // namespace

std::string_view explain(end_reason r) noexcept {
  return row_of(r).explanation;
}

std::string_view headline(end_reason r) noexcept {
  return row_of(r).headline;
}

std::string_view advice(end_reason r) noexcept {
  return row_of(r).advice;
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
