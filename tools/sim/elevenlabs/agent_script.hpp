#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace tonris::sim {

/// Something an agent says: its text and the name of its sound, which a speech_source knows.
struct utterance {
  std::string text, sound;
};

/// A tool the agent uses before it answers.
struct tool_use {
  std::string name, id = "call_a1", parameters = "{}";  ///< parameters: JSON text of an object
  bool expects_response = true;
  bool webhook = false;  ///< the vendor asks the gateway's webhook for it; else the conversation's socket
};

/// One exchange: what the caller is taken to have said when he stops speaking, and the answer.
struct agent_turn {
  std::string hear;
  utterance say;
  bool interruptible = true;
  bool end_call = false;  ///< the agent uses end_call after it and closes with 1000 while its audio is still queued
  std::optional<tool_use> tool;
};

/// What goes wrong with a conversation, and when.
struct agent_failure {
  enum class point { never, on_open, before_metadata, after_metadata, during_audio, after_turns, after_end_call };
  enum class manner {
    close,         ///< a close frame
    drop,          ///< TCP is cut
    silence,       ///< nothing is ever sent again
    reset,         ///< TCP is cut with a RST
    blackhole,     ///< half-open: nothing passes any more, and nobody is told
    stall,         ///< the agent reads nothing any more; all else goes on, pings included
    garbage,       ///< a text that is no message
    binary,        ///< a binary frame
    broken_frame,  ///< a reserved opcode
    corrupt,       ///< a byte is changed on its way: under TLS a broken record
  };
  enum class error_frame { none, nested, flat };
  point when = point::never;
  manner how = manner::close;
  error_frame frame = error_frame::none;
  std::chrono::milliseconds after{0};
  std::size_t utterance = 0;  ///< for during_audio: which one, 0 the greeting
  std::uint16_t code = 1011;  ///< 1005: a close frame without one
  std::string error_type = "unknown_websocket_crash", message = "internal error", reason;

  /// Must the network fail? Then the signed address leads over a wire (tools/sim/wire/wire.hpp).
  [[nodiscard]] bool needs_wire() const noexcept;
};

/// What `get-signed-url` answers.
struct signed_url_behaviour {
  unsigned status = 200;         ///< anything else is an error answer in one of the vendor's shapes
  std::size_t times = SIZE_MAX;  ///< how often that status is given before it is 200 again
  std::chrono::milliseconds delay{0};
  bool never_answers = false;
  std::chrono::seconds valid_for{900};
};

/// What goes into the price of a conversation (price_list.hpp), and what the vendor tells of that.
struct agent_bill {
  bool has_model = false;     ///< its model is charged on top; what that is in US dollars is told
  bool is_burst = false;      ///< beyond what the plan allows at once: the call costs twice as much
  bool tells_credits = true;  ///< else they are null, as where the plan has none for it
};

/// How an agent behaves in one conversation: its settings at the vendor, its script, its vices
/// (docs/testing.md#what-can-go-wrong-with-an-agent).
struct agent_behaviour {
  std::string agent_id = "agent_demo";                                  ///< "*": any
  std::string output_format = "ulaw_8000", input_format = "ulaw_8000";  ///< announced as they stand; "": left out
  std::optional<utterance> greeting;
  std::vector<agent_turn> turns;
  std::optional<utterance> otherwise;  ///< when all turns are used up
  std::optional<utterance> when_told;  ///< what it answers to a user message; an update of its context never

  std::chrono::milliseconds think{300};           ///< from the end of the caller's speech to the answer
  std::chrono::milliseconds barge_in_after{300};  ///< of the caller's speech over the agent's
  std::chrono::milliseconds metadata_delay{0};
  double pace = 10;                      ///< audio is sent this much faster than real time
  std::vector<std::size_t> chunk_bytes;  ///< sizes in turn, 0 an empty chunk; none: 250 ms each
  std::size_t padded_message_bytes = 0;  ///< the first audio message is padded to this size
  bool alignment = false;                ///< audio carries alignment
  bool odd_events = false;               ///< unknown types and fields in between
  std::size_t stragglers = 3;            ///< audio of the cut turn that still comes after an interruption
  bool transcripts = true, tentative = false;

  std::chrono::milliseconds settings_delay{0};  ///< of what GET …/agents/{id} answers
  std::string settings;                         ///< that answer, a JSON object; "": it follows from the rest

  enum class sound { audible, silent, missing };
  bool deaf = false;             ///< shows no sign of hearing, whatever its settings say, and answers nobody
  sound voice = sound::audible;  ///< of what it says the text always comes; silent: as long, but digital silence

  std::chrono::milliseconds ping_every{2000}, pong_within{1000};
  std::optional<std::chrono::milliseconds> queue_for;  ///< queue_status waiting first
  bool queue_times_out = false;

  std::set<std::string> allowed_overrides;   ///< "agent.first_message", ...
  std::set<std::string> declared_variables;  ///< must be supplied
  agent_failure failure;
  signed_url_behaviour signed_url;
  agent_bill bill;
};

/// Also what a scripted caller says in a demonstration: see dialogue.hpp.
struct caller_line {
  enum class cue { agent_quiet, agent_speaking };
  utterance say;
  cue when = cue::agent_quiet;
  std::chrono::milliseconds after{700};  ///< since the agent fell silent, or since he began to speak
};

struct conversation_script {
  agent_behaviour agent;
  std::vector<caller_line> caller;
  std::optional<std::chrono::milliseconds> caller_hangs_up_after;  ///< of quiet after his last line
};

/// From JSON (docs/testing.md; an example is tests/data/speech/demo.json). Unknown keys and impossible values are
/// refused with their path.
[[nodiscard]] tl::expected<conversation_script, std::string> parse_script(std::string_view json);
[[nodiscard]] tl::expected<conversation_script, std::string> read_script(const std::string& path);

}  // namespace tonris::sim
