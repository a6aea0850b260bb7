#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/call/carrier_progress.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/machine.hpp"
#include "model/call/trouble.hpp"
#include "model/call/who_answered.hpp"
#include "model/latency/turn_latency.hpp"
#include "model/money/call_cost.hpp"
#include "model/money/money.hpp"
#include "model/quality/media_quality.hpp"
#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {

/// What is known of one call. Whoever has the call's lifeline keeps it: its actor, and after its end the supervisor.
/// With an end reason it is final, but for facts that come later (later_fact.hpp), and for a caller who comes back.
struct call_record {
  using time = std::chrono::system_clock::time_point;
  struct stream {
    stream_sid id;
    time started;
    std::optional<time> ended;
    bool operator==(const stream&) const = default;
  };
  struct conversation {
    conversation_id id;
    time started;
    std::optional<time> ended;
    std::optional<unsigned> close_code;
    bool operator==(const conversation&) const = default;
  };
  struct line {
    bool agent = false;  ///< else the caller
    std::string text;
    time at;
    std::optional<std::string> heard;  ///< what was really said aloud, when an interruption cut it
    std::int64_t event_id = 0;         ///< the vendor's, to find the line a correction is about
    bool operator==(const line&) const = default;
  };
  struct media_counts {
    std::uint64_t frames_from_caller = 0, frames_to_caller = 0, dropped = 0, heard_ms = 0;
    double added_latency_p99_ms = 0;
    turn_latency turns{};  ///< from the end of what the caller said to the agent's first audio
    caller_quality from_caller{};
    agent_quality to_caller{};
    bool operator==(const media_counts&) const = default;
  };
  struct voicemail_message {
    std::string recording;  ///< RE…, Twilio's
    std::string url;
    std::uint32_t seconds = 0;
    time at;
    bool deleted = false;  ///< at Twilio, by us: its days were over
    std::optional<cost_part> cost{};
    std::string source{};              ///< who told of it: "callback"; "": a version that did not say, so below
    std::optional<time> deleted_at{};  ///< nothing: not, or by a version that did not say when, so below
    bool operator==(const voicemail_message&) const = default;
  };

  /// A recording of the call itself at Twilio, which somebody has asked for.
  struct recording {
    std::string sid;     ///< RE…, Twilio's
    std::string status;  ///< Twilio's word: "in-progress", "paused", "stopped", "completed", "absent"; ours: "deleted"
    std::string url;     ///< once it is there; needs the account's credentials
    std::uint32_t seconds = 0;
    std::string source;  ///< who said so last: "answer" to our request, or "callback"
    time at;             ///< when
    std::optional<cost_part> cost{};
    bool operator==(const recording&) const = default;
  };

  /// What ElevenLabs reported of one of its conversations once that was over. What it did not say is empty.
  struct vendor_report {
    conversation_id conversation;
    agent_id agent;  ///< whose it was; "": it did not say
    time at;         ///< when its first part came; its audio only where nothing else has come
    std::optional<std::uint32_t> seconds;
    std::optional<std::uint64_t> credits;  ///< what it costs, in the vendor's own unit
    std::optional<double> llm_price;       ///< in US dollars, beyond that
    std::optional<micros> price;           ///< in US dollars: of its credits if `charged`, else of its seconds
    bool charged = false;                  ///< `price` is the vendor's charge: its credits, at what one costs us
    bool burst = false;                    ///< at the burst price
    std::string termination;               ///< why it ended, in the vendor's words
    std::optional<int> error_code;
    std::string error;
    std::string successful;  ///< "success", "failure", "unknown"
    std::string summary;
    std::string analysis;           ///< the JSON text of an object: criteria and collected data
    std::uint64_t audio_bytes = 0;  ///< of its recording, which lies in DATA_DIR/callbacks
    bool audio_deleted = false;     ///< by us: its days were over
    std::string source{};           ///< of its first part: "callback"; "poll": none came, and the vendor was asked
    std::optional<time> audio_deleted_at{};
    std::optional<time> audio_at{};  ///< when that came, by callback; nothing: not, or to a version that did not say
    bool operator==(const vendor_report&) const = default;
  };
  struct tool_call {
    time at;
    std::string name, id;      ///< id: the vendor's; "": it gave none
    bool on_the_line = false;  ///< over the conversation's socket; else the vendor asked a webhook
    bool failed = false;
    std::uint32_t milliseconds = 0;  ///< until it was answered
    bool operator==(const tool_call&) const = default;
  };
  struct note {
    time at;
    std::string text;
    std::string source{};   ///< "agent", "operator", "tenant"
    std::string request{};  ///< what asked for it by the API, by its id; "": the agent
    bool operator==(const note&) const = default;
  };

  /// Somebody who sends a bill says what a part of the call costs.
  struct charge {
    enum class part_type : std::uint8_t { twilio, elevenlabs, llm, recording } of = part_type::twilio;
    cost_part cost;
    std::string recording{};  ///< RE…, whose that is: of a message too
    bool operator==(const charge&) const = default;
  };

  /// A call that Twilio has dialled for this one, to whom it was transferred: on its bill it stands by itself.
  struct leg {
    call_sid call;
    std::string status;         ///< Twilio's word for how it has ended: "completed", "no-answer", …; "": not known
    std::uint32_t seconds = 0;  ///< from its answer to its end
    time at;                    ///< when that was told
    std::optional<cost_part> cost{};
    std::string source{};  ///< who told: "callback"; "rest": Twilio was asked
    bool operator==(const leg&) const = default;
  };

  /// The agent put the caller through. As many as a call may have new streams, and one.
  struct transfer {
    enum class outcome_type : std::uint8_t { ringing, answered, not_answered, failed };
    time at;
    std::string number;  ///< E.164, whole: the business's own choice
    std::string reason;  ///< in the agent's words
    outcome_type outcome = outcome_type::ringing;
    std::optional<time> outcome_at{};  ///< when that was told; nothing: it rings, or an older version
    std::string outcome_source{};      ///< who told: "callback"
    bool operator==(const transfer&) const = default;
  };

  /// Somebody had Twilio end the call after our part of it: whoever was on the line still.
  struct hang_up {
    std::string source;  ///< who: "api"
    time at;
    bool operator==(const hang_up&) const = default;
  };

  call_sid call;
  tenant_id tenant;
  std::string direction = "inbound", from, to;
  agent_id agent;
  std::string variant;    ///< the agent's name in an A/B test; "": its id
  std::string rule;       ///< of its routing, as model/tenant/route.hpp names them; "": it was never routed
  std::string rule_name;  ///< the caller rule's
  call_state state = call_state::ringing;
  time started;
  std::optional<time> answered, ended;  ///< answered: the caller's stream started
  std::optional<end_reason> reason;
  std::string end_detail;                ///< for the engineer: our words or the vendor's, no secret
  std::optional<call_trouble> troubled;  ///< no ordinary end, whatever `reason` says (model/call/trouble.hpp)
  std::uint32_t interruptions = 0, restarts = 0;
  std::vector<stream> streams;
  std::vector<conversation> conversations;
  std::vector<line> transcript;      ///< within the bounds of model/call/transcript.hpp
  std::uint64_t lines_left_out = 0;  ///< of the transcript, the oldest
  media_counts media;
  std::vector<voicemail_message> voicemail;
  std::vector<recording> recordings;
  std::vector<vendor_report> reports;  ///< one a conversation
  std::vector<tool_call> tool_calls;
  std::vector<note> notes;  ///< the agent's, and those of the API
  std::vector<transfer> transfers;
  std::vector<leg> legs;
  /// How far it came: "transfer" (nobody has answered yet), "transferred", "voicemail", "sentence"; "": there was none.
  std::string fallback;
  std::optional<time> fallback_at;  ///< when it came so far; nothing: there was none, or an older version
  std::string fallback_source;      ///< by whom that is known: "callback", Twilio's

  // once it has ended; the account of a call that goes on is told as well
  std::uint32_t metered_seconds = 0;       ///< from the webhook to the end, as limits and usage count them; 0: refused
  call_cost cost;                          ///< while it goes on, so far; of a refused one Twilio's part alone
  std::optional<carrier_progress> twilio;  ///< what Twilio says of it, beside what we know
  std::optional<who_answered> heard;       ///< what it says of who has answered one that the business placed
  std::optional<hang_up> cut_off;
  account_sid account;      ///< Twilio's, whose call it is
  std::string node, build;  ///< which gateway had it at its end
  bool operator==(const call_record&) const = default;
};

[[nodiscard]] std::string_view to_string(call_record::transfer::outcome_type outcome) noexcept;  ///< "not_answered"

/// The number of the one who is on the phone with the business, whoever of them has called, and the business's own.
[[nodiscard]] const std::string& person_of(const call_record& record) noexcept;
[[nodiscard]] const std::string& business_of(const call_record& record) noexcept;

/// The called number as logs show it: the business's own is whole; of a call that it placed, it is somebody else's and
/// cut.
[[nodiscard]] std::string shown_called(std::string_view direction, std::string_view to);

/// What GET /api/calls/{CallSid} answers and the store keeps; times to the millisecond, latency to the microsecond.
[[nodiscard]] std::string to_json(const call_record& record);

/// For an engineer who asks what became of the call: how it ended and who caused it, its length, restarts, audio, ids
/// to ask Twilio and ElevenLabs about, the fallback. A few lines, without phone numbers and without what was said.
[[nodiscard]] std::string in_plain_words(const call_record& record);

/// What to_json wrote, but for the lines' event ids: the public form has none. Unknown fields are nobody's business,
/// unknown states and reasons are refused. At most 4 MiB.
[[nodiscard]] decoded<call_record> parse_call_record(std::string_view json);

}  // namespace tonris::model
