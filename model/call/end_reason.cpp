#include "model/call/end_reason.hpp"

#include <algorithm>
#include <array>

#include "model/call/sentences.hpp"

namespace tonris::model {

namespace {

/// Can a new conversation heal what ended the agent leg?
enum class cure : std::uint8_t { none, new_conversation };

constexpr auto not_in_service = tenant::sentence::not_in_service;
constexpr auto no_calls_taken = tenant::sentence::suspended;
constexpr auto lines_are_busy = tenant::sentence::busy;
constexpr auto time_is_up = tenant::sentence::goodbye;
constexpr auto not_right_now = tenant::sentence::unavailable;

struct row {
  end_reason reason;
  std::string_view name;
  caused_by who;
  aftermath after;
  gravity weight;
  cure heals;
  tenant::sentence sentence;
  std::string_view explanation, headline, advice;
};

// In the order of the enumeration: the compiler refuses a row that is missing or misplaced.
constexpr std::array<row, end_reason_count> rows{{
    // the ordinary ends
    {end_reason::caller_hung_up, "caller_hung_up", caused_by::caller, aftermath::hang_up, gravity::ordinary, cure::none,
     not_right_now, "The caller hung up.", "callers hung up", "nothing, this is an ordinary end."},
    {end_reason::agent_ended, "agent_ended", caused_by::agent, aftermath::hang_up, gravity::ordinary, cure::none,
     not_right_now, "The agent said goodbye and ended the conversation.", "agents said goodbye",
     "nothing, this is an ordinary end."},
    {end_reason::transferred, "transferred", caused_by::agent, aftermath::arranged, gravity::ordinary, cure::none,
     not_right_now, "The agent put the caller through to another number.", "agents put callers through",
     "nothing, this is an ordinary end."},
    {end_reason::operator_hung_up, "operator_hung_up", caused_by::operators, aftermath::hang_up, gravity::ordinary,
     cure::none, not_right_now, "An operator ended the call.", "operators ended calls",
     "nothing, this is an ordinary end."},
    {end_reason::operator_transferred, "operator_transferred", caused_by::operators, aftermath::arranged,
     gravity::ordinary, cure::none, not_right_now, "An operator put the caller through to another number.",
     "operators put callers through", "nothing, this is an ordinary end."},
    {end_reason::max_duration, "max_duration", caused_by::tenant, aftermath::sentence, gravity::ordinary, cure::none,
     time_is_up, "The call had reached the longest time the tenant allows.", "calls reached their longest time",
     "raise the tenant's limits.maxCallSeconds if its calls may last longer."},
    {end_reason::month_used_up, "month_used_up", caused_by::tenant, aftermath::sentence, gravity::ordinary, cure::none,
     no_calls_taken, "The tenant's minutes or money of the month were used up during the call.",
     "months were used up during calls", "raise the tenant's limits.minutesPerMonth or limits.costPerMonth."},
    // refused at the webhook
    {end_reason::unknown_number, "unknown_number", caused_by::tenant, aftermath::sentence, gravity::lost, cure::none,
     not_in_service, "No tenant owns the number that was called.", "numbers of no tenant called",
     "make the called number a tenant's twilioPhoneNumber in TENANTS_FILE (kill -HUP reads it again), or take our "
     "webhook from that number in Twilio's console."},
    {end_reason::tenant_suspended, "tenant_suspended", caused_by::tenant, aftermath::sentence, gravity::ordinary,
     cure::none, no_calls_taken, "The tenant is suspended.", "suspended tenants called",
     "set the tenant's status to active if it is to be served."},
    {end_reason::tenant_pending, "tenant_pending", caused_by::tenant, aftermath::sentence, gravity::ordinary,
     cure::none, no_calls_taken, "The tenant is not active yet.", "pending tenants called",
     "set the tenant's status to active when it is to be served."},
    {end_reason::tenant_cancelled, "tenant_cancelled", caused_by::tenant, aftermath::sentence, gravity::ordinary,
     cure::none, no_calls_taken, "The tenant has been cancelled.", "cancelled tenants called",
     "take our webhook from that number in Twilio's console, or give the number to another tenant."},
    {end_reason::caller_blocked, "caller_blocked", caused_by::tenant, aftermath::sentence, gravity::ordinary,
     cure::none, tenant::sentence::blocked, "The tenant turns this caller away.", "blocked callers turned away",
     "look at the tenant's blockedCallers and callerRules if the caller is to be served."},
    {end_reason::closed, "closed", caused_by::tenant, aftermath::arranged, gravity::ordinary, cure::none,
     tenant::sentence::closed, "The business was closed.", "calls outside business hours",
     "look at the tenant's businessHours, its time zone and holidays if it should have been open."},
    {end_reason::sent_on, "sent_on", caused_by::tenant, aftermath::arranged, gravity::ordinary, cure::none,
     not_right_now, "A rule of the tenant's sent this caller on to another number.", "callers sent on by a rule",
     "look at the tenant's callerRules if an agent should have answered."},
    {end_reason::no_agent, "no_agent", caused_by::tenant, aftermath::fallback, gravity::lost, cure::none,
     no_calls_taken, "The tenant has no agent, and neither has the gateway a default one.",
     "tenants without an agent called", "set ELEVENLABS_AGENT_ID, or the tenant's settings.elevenLabsAgentId."},
    {end_reason::node_full, "node_full", caused_by::gateway, aftermath::fallback, gravity::lost, cure::none,
     lines_are_busy, "This node already had as many calls as it may take (MAX_CALLS).", "this node is full",
     "raise MAX_CALLS if the machine has room for more calls."},
    {end_reason::node_overloaded, "node_overloaded", caused_by::gateway, aftermath::fallback, gravity::lost, cure::none,
     lines_are_busy, "This node was beyond its limits of memory or of loop lag.", "this node is overloaded",
     "look at process_resident_memory_bytes and tonris_loop_lag_seconds for what was short; raise MAX_MEMORY_MB, "
     "MAX_LOOP_LAG_MS or IO_LOOPS if the machine has "
     "more to give."},
    {end_reason::registry_down, "registry_down", caused_by::gateway, aftermath::fallback, gravity::alarm, cure::none,
     not_right_now, "The tenant registry did not answer, so nobody knew whose call it was.",
     "the tenant registry does not answer",
     "report it with the log's lines about the tenant_registry: it is a fault of the gateway."},
    {end_reason::tenant_busy, "tenant_busy", caused_by::tenant, aftermath::arranged, gravity::lost, cure::none,
     lines_are_busy, "The tenant had as many calls at once as it may.", "tenants at their limit of calls at once",
     "raise the tenant's limits.maxConcurrentCalls, or choose in limits.overflow what a caller gets then."},
    {end_reason::tenant_rate, "tenant_rate", caused_by::tenant, aftermath::arranged, gravity::lost, cure::none,
     lines_are_busy, "The tenant had taken as many calls within a minute as it may.",
     "tenants at their limit of calls a minute", "raise the tenant's limits.callsPerMinute if these were customers."},
    {end_reason::caller_rate, "caller_rate", caused_by::caller, aftermath::sentence, gravity::ordinary, cure::none,
     not_right_now, "This caller had called as often as one caller may.", "callers call too often",
     "raise the tenant's limits.callerCalls if these were customers."},
    {end_reason::month_minutes, "month_minutes", caused_by::tenant, aftermath::arranged, gravity::lost, cure::none,
     no_calls_taken, "The tenant has no minutes for this month, or none left.",
     "tenants without minutes for this month",
     "raise the tenant's limits.minutesPerMonth (0 lets no call in), or wait for the first of the month (UTC)."},
    {end_reason::month_cost, "month_cost", caused_by::tenant, aftermath::arranged, gravity::lost, cure::none,
     no_calls_taken, "The tenant has no money for this month, or none left.", "tenants without money for this month",
     "raise the tenant's limits.costPerMonth (0 lets no call in), or wait for the first of the month (UTC)."},
    {end_reason::vendor_full, "vendor_full", caused_by::vendor, aftermath::arranged, gravity::lost, cure::none,
     lines_are_busy,
     "The key at ElevenLabs had as many conversations as it may, or what was left is others' by reservation.",
     "no conversation at ElevenLabs is left",
     "raise ELEVENLABS_MAX_CALLS if the subscription allows more, or the tenant's limits.reservedCalls."},
    {end_reason::caller_gave_up, "caller_gave_up", caused_by::caller, aftermath::hang_up, gravity::ordinary, cure::none,
     lines_are_busy, "The caller waited in line for a place and hung up before one was free.",
     "callers give up in line",
     "nothing, unless it comes often: then raise the limit that they waited for, or shorten limits.overflow."},
    {end_reason::usage_unknown, "usage_unknown", caused_by::gateway, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "Nobody could say how much of its limits the tenant had used, and it takes no calls then.",
     "what tenants have used is unknown",
     "set the tenant's limits.whenUnknown to admit, or look at the log's lines about admission."},
    {end_reason::outbound_not_served, "outbound_not_served", caused_by::operators, aftermath::hang_up,
     gravity::ordinary, cure::none, not_right_now,
     "Somebody placed this call through Twilio's API with our webhook as its address.", "outbound calls hung up",
     "nothing, unless those calls were to be answered here: then have the gateway place them (POST /api/calls). One "
     "that a gateway has placed comes to this where another one was asked and they share no Redis (REDIS_URL), or it "
     "was away."},
    // calls of the tenant's own that nobody took
    {end_reason::callee_busy, "callee_busy", caused_by::caller, aftermath::hang_up, gravity::ordinary, cure::none,
     not_right_now, "The person whom the tenant called was on another call.", "people called are busy",
     "nothing, this is an ordinary end; call again later."},
    {end_reason::callee_no_answer, "callee_no_answer", caused_by::caller, aftermath::hang_up, gravity::ordinary,
     cure::none, not_right_now, "The person whom the tenant called did not answer.", "people called do not answer",
     "nothing, this is an ordinary end; call again later."},
    {end_reason::callee_unreachable, "callee_unreachable", caused_by::network, aftermath::hang_up, gravity::ordinary,
     cure::none, not_right_now, "Twilio could not put the tenant's call through.",
     "outbound calls cannot be put through",
     "nothing, unless it comes often: then look at the SIP status behind the end (404: there is no such number), and "
     "at "
     "Twilio's geographic permissions."},
    {end_reason::call_canceled, "call_canceled", caused_by::operators, aftermath::hang_up, gravity::ordinary,
     cure::none, not_right_now, "The tenant's call was taken back at Twilio before anybody answered.",
     "outbound calls taken back", "nothing, unless nobody did so: then look into Twilio's log of the call."},
    {end_reason::machine_answered, "machine_answered", caused_by::tenant, aftermath::hang_up, gravity::ordinary,
     cure::none, not_right_now, "A machine answered the tenant's call, which is hung up then.",
     "machines answer outbound calls",
     "nothing, unless the agent is to speak to machines: then set the tenant's outbound.machine to continue."},
    // the agent's side
    {end_reason::agent_auth_failed, "agent_auth_failed", caused_by::vendor, aftermath::fallback, gravity::alarm,
     cure::none, not_right_now, "ElevenLabs refused the API key.", "ElevenLabs refuses the API key",
     "check ELEVENLABS_API_KEY, and that ELEVENLABS_API_BASE_URL is the region it was made in."},
    {end_reason::agent_not_found, "agent_not_found", caused_by::tenant, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "ElevenLabs does not know the agent that the tenant has set.", "ElevenLabs does not know the agent",
     "compare the agent's id in the tenant's settings with ElevenLabs' list of agents, in the same region (tonrisctl "
     "agent check, tonrisctl doctor)."},
    {end_reason::agent_out_of_credit, "agent_out_of_credit", caused_by::vendor, aftermath::fallback, gravity::alarm,
     cure::none, not_right_now, "The ElevenLabs account is out of credit.", "ElevenLabs is out of credit",
     "look at the ElevenLabs account's subscription and payment."},
    {end_reason::agent_busy, "agent_busy", caused_by::vendor, aftermath::fallback, gravity::lost,
     cure::new_conversation, lines_are_busy, "ElevenLabs was at its limit of conversations and took no other.",
     "ElevenLabs is at its limit of conversations",
     "raise the number of conversations at once that the ElevenLabs subscription allows."},
    {end_reason::agent_refused, "agent_refused", caused_by::vendor, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "ElevenLabs refused the conversation, and would refuse it again.",
     "ElevenLabs refuses conversations",
     "read ElevenLabs' reason behind the end: mostly an override that the agent's security settings do not allow, a "
     "dynamic variable that is missing, or a daily limit."},
    {end_reason::agent_unreachable, "agent_unreachable", caused_by::network, aftermath::fallback, gravity::lost,
     cure::new_conversation, not_right_now, "No connection to ElevenLabs could be made.", "ElevenLabs unreachable",
     "read the host and the cause behind the end; check name server, firewall and ElevenLabs' status page."},
    {end_reason::agent_timeout, "agent_timeout", caused_by::vendor, aftermath::fallback, gravity::lost,
     cure::new_conversation, not_right_now, "ElevenLabs did not answer in time.", "ElevenLabs does not answer in time",
     "check the network to ElevenLabs and its status page; if no metadata came, whether the agent speaks the tenant's "
     "language."},
    {end_reason::agent_lost, "agent_lost", caused_by::network, aftermath::fallback, gravity::lost,
     cure::new_conversation, not_right_now, "The agent's connection broke in the middle of the conversation.",
     "ElevenLabs' connections break", "if it comes often, check the network to ElevenLabs and its status page."},
    {end_reason::agent_protocol_error, "agent_protocol_error", caused_by::vendor, aftermath::fallback, gravity::lost,
     cure::new_conversation, not_right_now, "What ElevenLabs sent was no conversation.",
     "ElevenLabs sends what is no conversation",
     "check that ELEVENLABS_API_BASE_URL leads to ElevenLabs, and ask them with the conversation's id."},
    {end_reason::agent_audio_unknown, "agent_audio_unknown", caused_by::vendor, aftermath::fallback, gravity::lost,
     cure::none, not_right_now, "The agent's audio was in a format nobody here knows.",
     "agents speak in an unknown audio format", "set the agent's audio formats to ulaw_8000 at ElevenLabs."},
    {end_reason::agent_not_hearing, "agent_not_hearing", caused_by::vendor, aftermath::fallback, gravity::lost,
     cure::new_conversation, not_right_now, "The caller talked, but the agent never noticed.",
     "agents do not hear their callers",
     "play the conversation back at ElevenLabs; if the caller is in it, look at the agent's transcription settings, "
     "else ask ElevenLabs with the conversation's id."},
    {end_reason::agent_not_audible, "agent_not_audible", caused_by::vendor, aftermath::fallback, gravity::lost,
     cure::new_conversation, not_right_now, "The agent answered, but nothing of it could be heard.",
     "agents cannot be heard", "check the agent's voice and audio format at ElevenLabs."},
    {end_reason::agents_failing, "agents_failing", caused_by::vendor, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "Every agent for this call had failed again and again, so none was asked.",
     "agents fail again and again", "look at why the calls before ended; the agents are probed by themselves."},
    // the caller's side
    {end_reason::stream_never_came, "stream_never_came", caused_by::network, aftermath::fallback, gravity::lost,
     cure::none, not_right_now, "Twilio never opened the call's media stream.", "Twilio opens no streams",
     "look into Twilio's debugger (31920, 31910), and whether what stands in front of the gateway lets WebSockets "
     "through at APP_BASE_URL."},
    {end_reason::stream_protocol_error, "stream_protocol_error", caused_by::network, aftermath::fallback, gravity::lost,
     cure::none, not_right_now, "What came over the media stream was none of Twilio's, or of another call.",
     "streams are not Twilio's", "ask Twilio with the stream's SID, and look for a proxy that changes what passes."},
    {end_reason::stream_audio_unknown, "stream_audio_unknown", caused_by::network, aftermath::fallback, gravity::lost,
     cure::none, not_right_now, "The media stream's audio was not mu-law at 8 kHz.", "streams are not mu-law at 8 kHz",
     "ask Twilio with the stream's SID."},
    {end_reason::stream_lost, "stream_lost", caused_by::network, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "The caller's media stream broke and did not come back.", "streams break",
     "if it comes often, look for a proxy in front of the gateway that restarts or cuts long connections."},
    {end_reason::stream_idle, "stream_idle", caused_by::network, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "The caller's media stream was open, but no audio came over it.", "streams carry no audio",
     "ask Twilio with the stream's SID."},
    {end_reason::caller_not_hearing, "caller_not_hearing", caused_by::network, aftermath::fallback, gravity::lost,
     cure::none, not_right_now, "Audio was sent to the caller, but Twilio never reported it as played.",
     "callers hear nothing", "ask Twilio with the stream's SID why its marks did not come back."},
    {end_reason::caller_cut_off, "caller_cut_off", caused_by::network, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "Parts of what the caller said never came.", "parts of what callers say are missing",
     "if it comes often, ask Twilio with the stream's SID about the caller's carrier; where Twilio counts frames that "
     "it "
     "did not send, look at the network to this gateway and at tonris_loop_lag_seconds."},
    {end_reason::playback_late, "playback_late", caused_by::network, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "What the agent said was played to the caller late.", "callers hear the agents late",
     "check the network from this gateway to Twilio, and a proxy between them."},
    // us
    {end_reason::slow_agent, "slow_agent", caused_by::vendor, aftermath::fallback, gravity::lost,
     cure::new_conversation, not_right_now, "ElevenLabs did not take the caller's audio fast enough.",
     "ElevenLabs does not take the callers' audio", "check the network to ElevenLabs and its status page."},
    {end_reason::slow_caller, "slow_caller", caused_by::network, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "Twilio did not take the agent's audio fast enough.", "Twilio does not take the agents' audio",
     "check the network from this gateway to Twilio, and a proxy between them."},
    {end_reason::shutdown, "shutdown", caused_by::operators, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "This gateway was shut down with the call still on it.", "calls ended with a shutdown",
     "give live calls a longer DRAIN_TIMEOUT, or start the gateway again at once with the same DATA_DIR."},
    {end_reason::node_lost, "node_lost", caused_by::gateway, aftermath::fallback, gravity::lost, cure::none,
     not_right_now, "This gateway went down with the call, and the call never came back.",
     "calls were lost with the node",
     "find out what ended the process, and have it started again at once with the same DATA_DIR."},
    {end_reason::internal_error, "internal_error", caused_by::gateway, aftermath::fallback, gravity::alarm,
     cure::new_conversation, not_right_now, "Something in this gateway itself failed.", "this gateway fails",
     "report it with the log's lines about the call and tonris_actor_crashes_total: it is a fault of the gateway."},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name.empty() || rows[i].reason != static_cast<end_reason>(i)) return false;
  return true;
}
static_assert(in_order());

const row& row_of(end_reason r) noexcept {
  return rows[static_cast<std::size_t>(r) % end_reason_count];
}

struct cause_row {
  caused_by who;
  std::string_view name, explanation;
};

constexpr std::array causes{
    cause_row{caused_by::caller, "caller", "the caller"},
    cause_row{caused_by::agent, "agent", "the agent"},
    cause_row{caused_by::tenant, "tenant", "the tenant's settings"},
    cause_row{caused_by::vendor, "vendor", "the vendor (ElevenLabs)"},
    cause_row{caused_by::network, "network", "the network"},
    cause_row{caused_by::gateway, "gateway", "this gateway"},
    cause_row{caused_by::operators, "operator", "an operator"},
};

constexpr bool causes_in_order() {
  for (std::size_t i = 0; i < causes.size(); ++i)
    if (causes[i].who != static_cast<caused_by>(i)) return false;
  return causes.size() == static_cast<std::size_t>(caused_by::operators) + 1;
}
static_assert(causes_in_order());

const cause_row& row_of(caused_by c) noexcept {
  return causes[static_cast<std::size_t>(c) % causes.size()];
}

}  // namespace

std::string_view to_string(end_reason r) noexcept {
  return row_of(r).name;
}

std::string_view to_string(caused_by c) noexcept {
  return row_of(c).name;
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

bool heals_by_restart(end_reason r) noexcept {
  return row_of(r).heals == cure::new_conversation;
}

bool speaks_against_agent(end_reason r) noexcept {
  constexpr std::array against{end_reason::agent_not_found,    end_reason::agent_out_of_credit,
                               end_reason::agent_refused,      end_reason::agent_unreachable,
                               end_reason::agent_timeout,      end_reason::agent_protocol_error,
                               end_reason::agent_audio_unknown};
  return std::find(against.begin(), against.end(), r) != against.end();
}

bool another_agent_may_serve(end_reason r) noexcept {
  constexpr std::array broken{end_reason::agent_lost, end_reason::agent_not_hearing, end_reason::agent_not_audible};
  return speaks_against_agent(r) || std::find(broken.begin(), broken.end(), r) != broken.end();
}

tenant::sentence sentence_of(end_reason r) noexcept {
  return row_of(r).sentence;
}

std::string_view default_sentence(end_reason r) noexcept {
  return our_sentence("en", sentence_of(r));
}

std::string_view explain(end_reason r) noexcept {
  return row_of(r).explanation;
}

std::string_view explain(caused_by c) noexcept {
  return row_of(c).explanation;
}

std::string_view headline(end_reason r) noexcept {
  return row_of(r).headline;
}

std::string_view advice(end_reason r) noexcept {
  return row_of(r).advice;
}

}  // namespace tonris::model
