#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "actors/runtime/message.hpp"
#include "model/audio/format.hpp"
#include "model/call/end_reason.hpp"
#include "model/text/ids.hpp"
#include "model/tool/tool_request.hpp"
#include "model/tool/tool_result.hpp"
#include "model/twilio/stream.hpp"
#include "net/websocket.hpp"

/// Between a call and its two legs, and between these.
namespace tonris::actors {

// --- both legs
/// Before each message of a leg to its call that tells what happens once: its number among those of that leg, from 1.
struct told_once {
  using travels = in_process;
  std::uint64_t number = 0;
};
enum class leg_failure : std::uint8_t { drop, garbage, crash, silence };
struct inject {  ///< a rehearsed failure (docs/failures.md)
  using travels = in_process;
  leg_failure failure{};
};

// --- the caller leg
struct stream_started {
  using travels = in_process;
  model::twilio::start start;
};
struct key_pressed {
  using travels = in_process;
  char digit = 0;
};
enum class caller_leg_end : std::uint8_t { stopped, closed_by_us, failed };
struct caller_leg_ended {  ///< the leg's last word to its call
  using travels = in_process;
  caller_leg_end how = caller_leg_end::failed;
  model::end_reason reason{};  ///< when failed
  std::string detail;
};
struct play_out {  ///< let the caller hear what is queued, then say played_out
  using travels = in_process;
};
struct played_out {
  using travels = in_process;
};
/// From now on the caller hears the hold tone once he has heard what is queued, and the agent silence in his place.
struct put_on_hold {
  using travels = in_process;
  std::chrono::seconds most{0};  ///< then he is taken back, and hold_over tells so
};
struct take_back {  ///< a caller on hold, before that time is up
  using travels = in_process;
};
struct hold_over {
  using travels = in_process;
};
struct play_keys {  ///< the tones of keys; what the agent says meanwhile is heard behind them
  using travels = in_process;
  std::string payload;  ///< Base64 mu-law, whole frames
};
struct close_leg {  ///< end in order, then be gone
  using travels = in_process;
  std::uint16_t code = 1000;
};

// --- the agent leg
struct agent_connected {
  using travels = in_process;
};
struct agent_ready {
  using travels = in_process;
  model::conversation_id conversation;
  model::audio_format input{}, output{};
};
struct agent_queue {
  using travels = in_process;
  bool waiting = false;
};
struct transcript_line {
  using travels = in_process;
  bool agent = false;
  std::string text;
  std::int64_t event_id = 0;
};
struct transcript_correction {
  using travels = in_process;
  std::string heard;
  std::int64_t event_id = 0;
};
struct interrupted {
  using travels = in_process;
};
struct last_turn_over {  ///< it has said what ask_for_goodbye wanted
  using travels = in_process;
};
struct agent_goodbye {  ///< it used end_call: whatever ends its socket now, the conversation is over
  using travels = in_process;
};
struct tool_called {  ///< the agent wants a tool of ours: it is to be run now, and never again
  using travels = in_process;
  model::tool_request request;
};
struct tool_given_up {  ///< nobody has answered it in time: the agent was told so, and a later answer is dropped
  using travels = in_process;
  std::string id, name;
};
enum class agent_leg_end : std::uint8_t { finished, closed_by_us, failed };
struct agent_leg_ended {  ///< the leg's last word to its call
  using travels = in_process;
  agent_leg_end how = agent_leg_end::failed;
  model::end_reason reason{};  ///< when failed
  std::string detail;
  std::optional<unsigned> close_code;
};
struct hold_tone_changed {  ///< the caller leg: the caller hears the hold tone now, or no more
  using travels = in_process;
  bool on = false;
};
struct expect_transcripts {  ///< the agent leg: its agent is known by now to send what it hears
  using travels = in_process;
};
struct tell_agent {  ///< a contextual update: makes no agent speak
  using travels = in_process;
  std::string text, context_id;
};
struct prompt_agent {  ///< a user message: the agent answers it, and goes on
  using travels = in_process;
  std::string text;
};
struct ask_for_goodbye {  ///< the same, and last_turn_over when it has been answered
  using travels = in_process;
  std::string text;
};

struct answer_tool {  ///< what came of it. Nothing happens where the agent has an answer already, or wants none
  using travels = in_process;
  std::string id;
  model::tool_result result;
  bool last_turn = false;  ///< tell last_turn_over when the agent has said what it says to that
};
struct await_tool {  ///< it takes longer than others, by its nature
  using travels = in_process;
  std::string id;
  std::chrono::milliseconds within{0};
};
struct say_goodbye {  ///< the agent wants to end the call: as if it had used the vendor's own end_call
  using travels = in_process;
};

/// A call, as its legs know it.
using leg_owner = caf::typed_actor<
    caf::reacts_to<stream_started>, caf::reacts_to<told_once, key_pressed>,
    caf::reacts_to<told_once, hold_tone_changed>, caf::reacts_to<told_once, hold_over>, caf::reacts_to<played_out>,
    caf::reacts_to<caller_leg_ended>, caf::reacts_to<told_once, agent_connected>, caf::reacts_to<agent_ready>,
    caf::reacts_to<told_once, agent_queue>, caf::reacts_to<told_once, transcript_line>,
    caf::reacts_to<told_once, transcript_correction>, caf::reacts_to<told_once, interrupted>,
    caf::reacts_to<told_once, last_turn_over>, caf::reacts_to<told_once, agent_goodbye>,
    caf::reacts_to<told_once, tool_called>, caf::reacts_to<told_once, tool_given_up>, caf::reacts_to<agent_leg_ended>>;

struct adopt {  ///< the call's actor crashed; this one goes on with it. The leg repeats what it has reached
  using travels = in_process;
  leg_owner call;
  std::uint64_t taken = 0;  ///< so many of the leg's `told_once` were taken by the former lives
};
/// A leg, as its call and its call's supervisor know it: what both hear, and what one of them does.
using any_leg = caf::typed_actor<caf::reacts_to<adopt>, caf::reacts_to<inject>, caf::reacts_to<close_leg>>;
using caller_leg_actor = any_leg::extend<caf::reacts_to<play_out>, caf::reacts_to<put_on_hold>,
                                         caf::reacts_to<take_back>, caf::reacts_to<play_keys>>;
using agent_leg_actor =
    any_leg::extend<caf::reacts_to<expect_transcripts>, caf::reacts_to<tell_agent>, caf::reacts_to<prompt_agent>,
                    caf::reacts_to<ask_for_goodbye>, caf::reacts_to<answer_tool>, caf::reacts_to<await_tool>,
                    caf::reacts_to<say_goodbye>>;

// --- within one loop: delivered on the stack, so views are fine
struct socket_ended {
  using travels = in_process;
  const net::websocket_end* how = nullptr;
};
struct agent_interrupted {
  using travels = in_process;
};

}  // namespace tonris::actors
