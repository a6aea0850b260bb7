#pragma once

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/audio/format.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/fallback.hpp"
#include "model/call/filter.hpp"
#include "model/call/record.hpp"
#include "model/elevenlabs/rest.hpp"
#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"
#include "model/twilio/stream.hpp"
#include "model/twilio/webhook.hpp"
#include "net/error.hpp"
#include "net/http.hpp"
#include "net/http_server.hpp"
#include "net/websocket.hpp"

/// Every message between actors. None leaves the process: they are declared so at the end of this file.
namespace tonris::actors {

struct loop_services;  // actors/leg/loop_services.hpp
using tenant_ptr = std::shared_ptr<const model::tenant>;

// --- tenant registry
// ----------------------------------------------------------------------------------------------------
struct find_tenant {
  std::string number;  ///< E.164, in whichever of its forms
  /// The caller's number and the one that sent him on, where they are known: are they a tenant's?
  std::string from{}, forwarded_from{};
};
struct found_tenant {
  tenant_ptr tenant;         ///< null: nobody has that number
  bool from_tenant = false;  ///< the call comes from a tenant's number, or by way of another's
};
struct replace_tenants {
  std::vector<model::tenant> tenants;
};
/// What every tenant registry answers, whatever it is kept in.
using tenant_registry =
    caf::typed_actor<caf::replies_to<find_tenant>::with<found_tenant>, caf::reacts_to<replace_tenants>>;

// --- webhook actors to the call supervisor
// ------------------------------------------------------------------------------
struct start_call {  // -> call_answer
  model::twilio::voice_request request;
  tenant_ptr tenant;
  model::agent_id agent;
  unsigned redirects = 0;  ///< how often a node that stops has sent this call on already
  model::fallback_news news{};
  std::string token{};       ///< as in connect_action
  bool from_tenant = false;  ///< as in found_tenant
};
struct refuse_call {  // -> call_answer; the webhook found a reason not to take it
  model::twilio::voice_request request;
  tenant_ptr tenant;  ///< null: the number is in no tenant
  model::end_reason reason{};
  model::fallback_news news{};
  std::string token{};
  bool from_tenant = false;  ///< as in found_tenant
};
/// How often nodes that stop send one question of Twilio's on to each other before the caller gets the fallback.
inline constexpr unsigned max_redirects = 2;

/// What Twilio is told to do.
struct call_answer {
  enum class what : std::uint8_t {
    stream,  ///< a media stream with `ticket`
    say,     ///< `text`, then hang up
    dial,    ///< `text`, then a transfer to `number`; connect-action is asked what came of it
    record,  ///< `text`, then voicemail
    hang_up,
    nothing,           ///< an empty document: the call is over anyway
    redirect_voice,    ///< this node stops: the webhook again after a pause, for another to take the call
    redirect_connect,  ///< this node stops: connect-action again after a pause
  };
  what then = what::hang_up;
  model::ticket ticket{};
  std::string text{};
  std::string language{};  ///< of the text; "" = Twilio's default
  std::string number{};
  std::string caller_id{};        ///< dial: the number that was called
  unsigned redirects = 0;         ///< redirect_*: which one this is
  std::chrono::seconds pause{0};  ///< redirect_*: before Twilio asks again

  [[nodiscard]] static call_answer with_stream(model::ticket shown_by) {
    call_answer answer{what::stream};
    answer.ticket = std::move(shown_by);
    return answer;
  }
  [[nodiscard]] static call_answer redirect(what where, unsigned so_far,
                                            std::chrono::seconds after = std::chrono::seconds{2}) {
    call_answer answer{where};
    answer.redirects = so_far + 1;
    answer.pause = after;
    return answer;
  }
};
struct redeem_ticket {  // -> redeemed_ticket
  model::ticket ticket;
};
struct redeemed_ticket {
  enum class what : std::uint8_t { ok, unknown, used } is = what::unknown;
  caf::actor call;
};
struct connect_action {  // -> call_answer; the stream's verb, a transfer or voicemail ended: Twilio asks what comes
                         // next
  model::call_sid call;
  model::twilio::call_status status = model::twilio::call_status::unknown;
  model::fallback_news news = model::fallback_news::none;
  unsigned redirects = 0;
  std::string token{};  ///< of Twilio's request: its retries have the same. "": it has none
  bool voice = false;   ///< it is the voice webhook that asks, about a call that is known
};
struct recording_reported {  ///< recording status callback: a voicemail is there
  model::call_sid call;
  model::twilio::recording_status recording;
};
struct call_status_changed {
  model::call_sid call;
  model::twilio::call_status status = model::twilio::call_status::unknown;
};
struct stream_reported {  ///< stream status callback
  model::twilio::stream_status status;
};
struct describe_call {  // -> call_description
  model::call_sid call;
};
struct call_description {
  std::string json;  ///< "" when nobody knows the call
};

struct stop_taking_calls {};  ///< new ones are sent on to another node
struct hand_over_calls {};    ///< what still lives goes to whoever answers Twilio's connect-action
struct restore_calls {        ///< at start: calls of this node's former life
  std::vector<model::call_checkpoint> calls;
  std::shared_ptr<model::call_filter> finished{};  ///< all that the store has a record of; null: nobody knows
};
struct count_calls {};  // -> live_count
struct live_count {
  std::size_t calls = 0;
  std::size_t questions = 0;  ///< ended calls of which Twilio has still to ask what comes next
  std::size_t returning = 0;  ///< handed over and not asked for yet, or sent on before and perhaps to be back here
};

// --- the call and its supervisor
// ----------------------------------------------------------------------------------------
struct call_finished {  ///< the call's last word: its record is final, or it waits for another node
  model::call_sid call;
  bool handed_over = false;
  bool sent_on = false;  ///< Twilio has asked already, and will ask again
};
struct repeat_last_word {};  ///< a new supervisor to a call: the former one may have crashed over its call_finished
struct call_forgotten {};    ///< the supervisor's answer to call_finished: nobody asks the call any more
struct ticket_issued {       ///< a new stream was offered: its ticket counts from now on
  model::call_sid call;
  model::ticket ticket;
};
struct end_call {
  model::end_reason reason{};
};
struct hand_over {
  std::chrono::seconds pause{0};  ///< for what Twilio asks meanwhile
};
struct caller_overdue {    ///< the call to itself: no stream came in time
  std::uint32_t wait = 0;  ///< which wait; a later one counts no more
};
struct retry_agent {  ///< the call to itself: the wait before the next conversation is over
  std::uint32_t attempt = 0;
};
struct second_attempt {  ///< the call to itself: its agent leg still gives no metadata
  caf::actor_id beside = 0;
};
struct rehearse {};  ///< the call to itself: the tenant's rehearsal is due
struct slow_fetch {  ///< the call to itself: a rehearsed slow vendor
  std::chrono::milliseconds at_most{};
  bool too_late = false;
};
struct length_check {};
struct dormant_check {};  ///< the supervisor to itself
struct do_later {         ///< the same
  std::function<void()> what;
};
struct fetch_signed_url {  // -> signed_url_answer
  model::agent_id agent;
  std::chrono::milliseconds at_most{2000};  ///< name, connection and answer
};
struct fetch_agent_policy {  // -> agent_policy_answer
  model::agent_id agent;
};
struct agent_policy_answer {
  std::optional<model::elevenlabs::agent_policy> policy;  ///< nothing: it could not be had
};
struct signed_url_answer {
  std::optional<model::elevenlabs::signed_url> url;
  model::end_reason failure{};  ///< when there is no url
  std::string detail;
};

// --- both legs
struct adopt {  ///< the call's actor crashed; this one goes on with it. The leg repeats what it has reached
  caf::actor call;
  std::uint64_t taken = 0;  ///< so many of the leg's `told_once` were taken by the former lives
};
/// Before each message of a leg to its call that tells what happens once: its number among those of that leg, from 1.
struct told_once {
  std::uint64_t number = 0;
};
struct orphan_check {};  ///< the leg to itself: nobody adopted it
struct inject {          ///< a rehearsed failure (docs/failures.md)
  enum class what : std::uint8_t { drop, garbage, crash } failure{};
};

// --- the caller leg
// -----------------------------------------------------------------------------------------------------
struct caller_connected {                  ///< Twilio's socket is upgraded; not reading yet
  std::shared_ptr<net::websocket> socket;  ///< null: it broke on the way. May be dropped on any thread
  loop_services* services = nullptr;
};
struct stream_started {
  model::twilio::start start;
};
struct key_pressed {
  char digit = 0;
};
struct caller_leg_ended {  ///< the leg's last word to its call
  enum class what : std::uint8_t { stopped, closed_by_us, failed } how = what::failed;
  model::end_reason reason{};  ///< when failed
  std::string detail;
};
struct play_out {};  ///< let the caller hear what is queued, then say played_out
struct played_out {};
struct play_out_over {};  ///< the leg to itself: the wait for the caller's ear is over
struct close_leg {        ///< end in order, then be gone
  std::uint16_t code = 1000;
};

// --- the agent leg
// ------------------------------------------------------------------------------------------------------
struct agent_connected {};
struct agent_ready {
  model::conversation_id conversation;
  model::audio_format input{}, output{};
};
struct agent_queue {
  bool waiting = false;
};
struct transcript_line {
  bool agent = false;
  std::string text;
  std::int64_t event_id = 0;
};
struct transcript_correction {
  std::string heard;
  std::int64_t event_id = 0;
};
struct interrupted {};
struct last_turn_over {};  ///< it has said what ask_for_goodbye wanted
struct agent_goodbye {};   ///< it used end_call: whatever ends its socket now, the conversation is over
struct agent_leg_ended {   ///< the leg's last word to its call
  enum class what : std::uint8_t { finished, closed_by_us, failed } how = what::failed;
  model::end_reason reason{};  ///< when failed
  std::string detail;
  std::optional<unsigned> close_code;
};
struct hold_tone_changed {  ///< the caller leg: the caller hears the hold tone now, or no more
  bool on = false;
};
struct agent_deadline {  ///< the leg to itself
  enum class waiting_for : std::uint8_t { metadata, close_after_end_call } what{};
};
struct expect_transcripts {};  ///< the agent leg: its agent is known by now to send what it hears
struct tell_agent {            ///< a contextual update: makes no agent speak
  std::string text, context_id;
};
struct ask_for_goodbye {  ///< a user message: the agent answers it
  std::string text;
};

// --- the HTTP front to its webhook actor, on one loop
// ---------------------------------------------------------------------
/// A request of Twilio's whose signature is right. The responder answers with a sentence if nobody else does.
struct signed_request {
  enum class what : std::uint8_t { voice, connect_action, status, stream_status, recording_status } is = what::voice;
  model::twilio::form fields;
  std::string query;  ///< of our own address: signed as well
  std::string token;  ///< I-Twilio-Idempotency-Token
  std::shared_ptr<net::http_responder> responder;
};

// --- within one loop: delivered on the stack, so views are fine
// -----------------------------------------------------------
struct socket_ended {
  const net::websocket_end* how = nullptr;
};
struct agent_socket_result {
  net::result<std::shared_ptr<net::websocket>>* socket = nullptr;
};
struct vendor_answered {
  std::uint64_t request = 0;
  const net::result<net::http_response>* response = nullptr;
};
struct agent_interrupted {};

}  // namespace tonris::actors

#define TONRIS_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tonris::actors::type)
TONRIS_LOCAL_MESSAGE(find_tenant)
TONRIS_LOCAL_MESSAGE(found_tenant)
TONRIS_LOCAL_MESSAGE(replace_tenants)
TONRIS_LOCAL_MESSAGE(start_call)
TONRIS_LOCAL_MESSAGE(refuse_call)
TONRIS_LOCAL_MESSAGE(recording_reported)
TONRIS_LOCAL_MESSAGE(hand_over_calls)
TONRIS_LOCAL_MESSAGE(restore_calls)
TONRIS_LOCAL_MESSAGE(ticket_issued)
TONRIS_LOCAL_MESSAGE(hand_over)
TONRIS_LOCAL_MESSAGE(caller_overdue)
TONRIS_LOCAL_MESSAGE(retry_agent)
TONRIS_LOCAL_MESSAGE(second_attempt)
TONRIS_LOCAL_MESSAGE(rehearse)
TONRIS_LOCAL_MESSAGE(slow_fetch)
TONRIS_LOCAL_MESSAGE(dormant_check)
TONRIS_LOCAL_MESSAGE(do_later)
TONRIS_LOCAL_MESSAGE(fetch_agent_policy)
TONRIS_LOCAL_MESSAGE(agent_policy_answer)
TONRIS_LOCAL_MESSAGE(adopt)
TONRIS_LOCAL_MESSAGE(told_once)
TONRIS_LOCAL_MESSAGE(orphan_check)
TONRIS_LOCAL_MESSAGE(inject)
TONRIS_LOCAL_MESSAGE(hold_tone_changed)
TONRIS_LOCAL_MESSAGE(call_answer)
TONRIS_LOCAL_MESSAGE(redeem_ticket)
TONRIS_LOCAL_MESSAGE(redeemed_ticket)
TONRIS_LOCAL_MESSAGE(connect_action)
TONRIS_LOCAL_MESSAGE(call_status_changed)
TONRIS_LOCAL_MESSAGE(stream_reported)
TONRIS_LOCAL_MESSAGE(describe_call)
TONRIS_LOCAL_MESSAGE(call_description)
TONRIS_LOCAL_MESSAGE(call_finished)
TONRIS_LOCAL_MESSAGE(call_forgotten)
TONRIS_LOCAL_MESSAGE(repeat_last_word)
TONRIS_LOCAL_MESSAGE(end_call)
TONRIS_LOCAL_MESSAGE(length_check)
TONRIS_LOCAL_MESSAGE(fetch_signed_url)
TONRIS_LOCAL_MESSAGE(signed_url_answer)
TONRIS_LOCAL_MESSAGE(caller_connected)
TONRIS_LOCAL_MESSAGE(stream_started)
TONRIS_LOCAL_MESSAGE(key_pressed)
TONRIS_LOCAL_MESSAGE(caller_leg_ended)
TONRIS_LOCAL_MESSAGE(play_out)
TONRIS_LOCAL_MESSAGE(played_out)
TONRIS_LOCAL_MESSAGE(play_out_over)
TONRIS_LOCAL_MESSAGE(close_leg)
TONRIS_LOCAL_MESSAGE(agent_connected)
TONRIS_LOCAL_MESSAGE(agent_ready)
TONRIS_LOCAL_MESSAGE(agent_queue)
TONRIS_LOCAL_MESSAGE(transcript_line)
TONRIS_LOCAL_MESSAGE(transcript_correction)
TONRIS_LOCAL_MESSAGE(interrupted)
TONRIS_LOCAL_MESSAGE(last_turn_over)
TONRIS_LOCAL_MESSAGE(agent_goodbye)
TONRIS_LOCAL_MESSAGE(agent_leg_ended)
TONRIS_LOCAL_MESSAGE(agent_deadline)
TONRIS_LOCAL_MESSAGE(agent_socket_result)
TONRIS_LOCAL_MESSAGE(vendor_answered)
TONRIS_LOCAL_MESSAGE(stop_taking_calls)
TONRIS_LOCAL_MESSAGE(count_calls)
TONRIS_LOCAL_MESSAGE(live_count)
TONRIS_LOCAL_MESSAGE(signed_request)
TONRIS_LOCAL_MESSAGE(expect_transcripts)
TONRIS_LOCAL_MESSAGE(tell_agent)
TONRIS_LOCAL_MESSAGE(ask_for_goodbye)
TONRIS_LOCAL_MESSAGE(socket_ended)
TONRIS_LOCAL_MESSAGE(agent_interrupted)
#undef TONRIS_LOCAL_MESSAGE
