#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/leg/messages.hpp"
#include "actors/runtime/message.hpp"
#include "actors/tenant/messages.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/fallback.hpp"
#include "model/call/filter.hpp"
#include "model/call/later_fact.hpp"
#include "model/tenant/route.hpp"
#include "model/text/ids.hpp"
#include "model/twilio/twiml.hpp"
#include "model/twilio/webhook.hpp"
#include "net/websocket.hpp"

/// What the call supervisor and a call are asked and told.
namespace tonris::actors {

struct loop_services;  // actors/leg/loop_services.hpp

/// What Twilio is told to do.
struct call_answer {
  using travels = in_process;
  enum class verb : std::uint8_t {
    stream,  ///< a media stream with `ticket`
    say,     ///< `text`, then hang up
    dial,    ///< `text`, then a transfer to `number`; connect-action is asked what came of it
    record,  ///< `text`, then voicemail
    hang_up,
    nothing,           ///< an empty document: the call is over anyway
    redirect_voice,    ///< this node stops: the webhook again after a pause, for another to take the call
    redirect_connect,  ///< this node stops: connect-action again after a pause
  };
  verb then = verb::hang_up;
  model::ticket ticket{};
  std::string text{};
  std::string language{};  ///< of the text; "" = Twilio's default
  std::string voice{};     ///< that speaks it; "" = Twilio's default
  std::string number{};
  std::string caller_id{};                                      ///< dial: the number that was called
  std::chrono::seconds ringing{model::twiml::default_ringing};  ///< dial
  model::call_sid whisper_for{};  ///< dial: whoever answers hears first who it is (describe_transfer); "": he does not
  unsigned redirects = 0;         ///< redirect_*: which one this is
  std::chrono::seconds pause{0};  ///< redirect_*: before Twilio asks again
  bool is_of_unknown = false;     ///< the call goes on, and nobody here knows it

  [[nodiscard]] static call_answer with_stream(model::ticket shown_by) {
    call_answer answer{verb::stream};
    answer.ticket = std::move(shown_by);
    return answer;
  }
  [[nodiscard]] static call_answer redirect(verb where, unsigned so_far,
                                            std::chrono::seconds after = std::chrono::seconds{2}) {
    call_answer answer{where};
    answer.redirects = so_far + 1;
    answer.pause = after;
    return answer;
  }
};

// --- webhooks to the call supervisor, which hands them on to the call that is meant
/// How often nodes that stop send one question of Twilio's on to each other before the caller gets the fallback.
inline constexpr unsigned max_redirects = 2;
struct connect_action {  // -> call_answer; the stream's verb, a transfer or voicemail ended: Twilio asks what comes
                         // next
  using travels = in_process;
  model::call_sid call;
  model::twilio::call_status status = model::twilio::call_status::unknown;
  model::fallback_news news = model::fallback_news::none;
  unsigned redirects = 0;
  std::string token{};    ///< of Twilio's request: its retries have the same. "": it has none
  bool voice = false;     ///< it is the voice webhook that asks, about a call that is known
  bool outbound = false;  ///< of a call that the business has placed: who is called hears no sentence of ours
};
struct call_status_changed {
  using travels = in_process;
  model::call_sid call;
  model::twilio::call_status status = model::twilio::call_status::unknown;
  std::optional<std::uint32_t> sequence{}, seconds{};  ///< as in model::carrier_progress

  [[nodiscard]] model::carrier_progress told_at(model::call_record::time at) const {
    return {model::carrier_progress::source_type::callback, status, sequence, seconds, at};
  }
};
struct stream_reported {  ///< stream status callback
  using travels = in_process;
  model::twilio::stream_status status;
};
struct learn_fact {  // -> fact_learned; what others know of a call, told while it goes on or after its end
  using travels = in_process;
  model::call_sid call;
  model::later_fact fact;
};
struct fact_learned {
  using travels = in_process;
  bool by_somebody = false;  ///< else this process knows no such call: the store may
};
struct control_call {  // -> call_controlled; somebody asks by the API
  using travels = in_process;
  enum class action : std::uint8_t { hang_up, transfer, say } act = action::hang_up;
  model::call_sid call;
  std::string text{};     ///< transfer: the number, E.164; say: the words; hang_up: why, "" where the API asks
  std::string request{};  ///< a repeated one is not carried out again; "": it has no name
  model::end_reason reason = model::end_reason::operator_hung_up;  ///< hang_up: what the record says
};
struct call_controlled {
  using travels = in_process;
  enum class outcome : std::uint8_t {
    done,       ///< or was done before
    refused,    ///< not now, or not at all: `why`
    over,       ///< the call has ended, or is about to
    at_twilio,  ///< nobody here can: its caller is at Twilio, in line or behind our part of the call
    unknown,    ///< nobody here knows the call
  } is = outcome::unknown;
  std::string why{};
};
struct hung_up_at_twilio {  ///< which was asked to end the call, and has
  using travels = in_process;
  model::call_sid call;
  std::string source;  ///< as in the record
};
struct callee_heard {  ///< machine detection: who has answered a call that we have placed
  using travels = in_process;
  model::call_sid call;
  model::who_answered heard;
};
struct forget_ended_calls {  // -> ended_calls_forgotten; the supervisor alone: so that it writes none of them anew
  using travels = in_process;
  std::vector<model::call_sid> calls;
  bool is_decided = false;  ///< another node has deleted them: also those whose callers may be on the line
};
struct ended_calls_forgotten {
  using travels = in_process;
  std::vector<model::call_sid> alive{};    ///< those of them that have not ended, or whose callers may be on the line
  std::vector<model::call_sid> unknown{};  ///< of whom nobody here has heard: what is known of them is in the store
};
struct describe_call {  // -> call_description
  using travels = in_process;
  model::call_sid call;
};
struct call_description {
  using travels = in_process;
  std::string json;  ///< "" when nobody knows the call
};

struct describe_transfer {  // -> transfer_words; somebody has answered it, and is to hear first who it is
  using travels = in_process;
  model::call_sid call;
};
struct transfer_words {
  using travels = in_process;
  std::string text;  ///< "": nobody knows the call, or nothing is said
  std::string language, voice;
};

// --- the call and its supervisor
struct call_finished {  ///< the call's last word: its record is final, or it waits for another node
  using travels = in_process;
  model::call_sid call;
  bool handed_over = false;
  bool sent_on = false;  ///< Twilio has asked already, and will ask again
};
struct ticket_issued {  ///< a new stream was offered: its ticket counts from now on
  using travels = in_process;
  model::call_sid call;
  model::ticket ticket;
};

// --- to a call
struct repeat_last_word {  ///< a new supervisor to a call: the former one may have crashed over its call_finished
  using travels = in_process;
};
struct call_forgotten {  ///< the supervisor's answer to call_finished: nobody asks the call any more
  using travels = in_process;
};
struct end_call {  ///< by way of the supervisor: every call
  using travels = in_process;
  model::end_reason reason{};
};
struct month_spent {  ///< how far the tenant's month is used, told again and again once it is not fine
  using travels = in_process;
  model::tenant_id tenant;
  model::month_level level{};
};
struct hand_over {
  using travels = in_process;
  std::chrono::seconds pause{0};  ///< for what Twilio asks meanwhile
};
struct caller_connected {  ///< Twilio's socket is upgraded; not reading yet
  using travels = in_process;
  std::shared_ptr<net::websocket> socket;  ///< null: it broke on the way. May be dropped on any thread
  loop_services* home = nullptr;           ///< the media loop it has come to; null: it stands at the door still
};

/// A call, as whoever holds its handle knows it.
using call_actor = leg_owner::extend<
    caf::reacts_to<caller_connected>, caf::reacts_to<call_status_changed>, caf::reacts_to<stream_reported>,
    caf::replies_to<connect_action>::with<call_answer>, caf::replies_to<describe_call>::with<call_description>,
    caf::replies_to<learn_fact>::with<fact_learned>, caf::replies_to<describe_transfer>::with<transfer_words>,
    caf::replies_to<control_call>::with<call_controlled>, caf::reacts_to<end_call>, caf::reacts_to<hand_over>,
    caf::reacts_to<month_spent>, caf::reacts_to<repeat_last_word>, caf::reacts_to<call_forgotten>>;
/// The supervisor, as its calls know it. What reaches a call after its last word goes back to it.
using call_owner = caf::typed_actor<
    caf::reacts_to<call_finished>, caf::reacts_to<ticket_issued>, caf::reacts_to<call_status_changed>,
    caf::reacts_to<stream_reported>, caf::replies_to<connect_action>::with<call_answer>,
    caf::replies_to<describe_call>::with<call_description>, caf::replies_to<learn_fact>::with<fact_learned>,
    caf::replies_to<describe_transfer>::with<transfer_words>, caf::replies_to<control_call>::with<call_controlled>>;

// --- webhooks and streams to the call supervisor alone
struct start_call {  // -> call_answer
  using travels = in_process;
  model::twilio::voice_request request;
  tenant_ptr tenant;
  model::agent_id agent;
  unsigned redirects = 0;  ///< how often a node that stops has sent this call on already
  model::fallback_news news{};
  std::string token{};       ///< as in connect_action
  bool from_tenant = false;  ///< as in found_tenant
  bool unadmitted = false;   ///< admission could not say: the tenant's calls here are counted in its place
  model::call_route route{};
  std::map<std::string, model::elevenlabs::variable> variables{};  ///< for its agent, of this call alone
  std::optional<model::who_answered> heard{};                      ///< told before the call was
  bool listens_for_machine = false;                                ///< Twilio does, as it was asked to
};
struct refuse_call {  // -> call_answer; the webhook found a reason not to take it
  using travels = in_process;
  model::twilio::voice_request request;
  tenant_ptr tenant;  ///< null: the number is in no tenant
  model::end_reason reason{};
  model::fallback_news news{};
  std::string token{};
  bool from_tenant = false;   ///< as in found_tenant
  model::call_route route{};  ///< of one that no rule has decided about yet: the empty one
  // of a call that is over for whoever was on it: one that the business has placed and nobody took, or whose node went
  std::optional<model::call_record::time> placed{};
  std::string detail{};
  std::optional<model::carrier_progress> progress{};
  std::optional<model::who_answered> heard{};
  bool listens_for_machine = false;  ///< as in start_call
};
struct note_apology {  // -> apology_noted; the webhook got no answer in time: its caller has heard a sentence
  using travels = in_process;
  model::twilio::voice_request request;
  tenant_ptr tenant;
};
struct apology_noted {
  using travels = in_process;
};
struct caller_waits {  ///< he was told to wait in line, and will ask again
  using travels = in_process;
  refuse_call as;  ///< what he would be refused with; its reason is caller_gave_up
};
struct redeem_ticket {  // -> redeemed_ticket
  using travels = in_process;
  model::ticket ticket;
};
struct redeemed_ticket {
  using travels = in_process;
  enum class outcome : std::uint8_t { ok, unknown, used } is = outcome::unknown;
  call_actor call;
};
struct recording_reported {  ///< recording status callback: a voicemail is there
  using travels = in_process;
  model::call_sid call;
  model::twilio::recording_status recording;
};
/// The record of another node's call has come here, and has now what Twilio had told this node of before: a message.
struct voicemail_came_first {
  using travels = in_process;
  model::call_sid call;
  model::call_record::voicemail_message message;
};
struct leg_reported {  ///< a transfer's end: what its leg has come to
  using travels = in_process;
  model::call_sid call;
  model::twilio::dialled_leg leg;
};

// --- the node to it
struct stop_taking_calls {  ///< new ones are sent on to another node
  using travels = in_process;
};
struct hand_over_calls {  ///< what still lives goes to whoever answers Twilio's connect-action
  using travels = in_process;
};
struct restore_calls {  ///< at start: calls of this node's former life
  using travels = in_process;
  std::vector<model::call_checkpoint> calls;
  std::shared_ptr<model::call_filter> finished{};  ///< all that the store has a record of; null: nobody knows
};
struct count_calls {  // -> live_count
  using travels = in_process;
};
struct live_count {
  using travels = in_process;
  std::size_t calls = 0;
  std::size_t questions = 0;  ///< ended calls of which Twilio has still to ask what comes next
  std::size_t returning = 0;  ///< handed over and not asked for yet, or sent on before and perhaps to be back here
};

/// All calls of this node, behind the address that stays (actors/call/supervisor.hpp).
using call_supervisor =
    call_owner::extend<caf::replies_to<start_call>::with<call_answer>, caf::replies_to<refuse_call>::with<call_answer>,
                       caf::replies_to<note_apology>::with<apology_noted>,
                       caf::replies_to<forget_ended_calls>::with<ended_calls_forgotten>, caf::reacts_to<caller_waits>,
                       caf::replies_to<redeem_ticket>::with<redeemed_ticket>, caf::reacts_to<recording_reported>,
                       caf::reacts_to<voicemail_came_first>, caf::reacts_to<leg_reported>,
                       caf::reacts_to<hung_up_at_twilio>, caf::reacts_to<callee_heard>, caf::reacts_to<end_call>,
                       caf::reacts_to<stop_taking_calls>, caf::reacts_to<hand_over_calls>,
                       caf::reacts_to<restore_calls>, caf::replies_to<count_calls>::with<live_count>>;

}  // namespace tonris::actors
