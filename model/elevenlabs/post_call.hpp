#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::elevenlabs {

/// Without its audio; whoever takes a `post_call_audio` splits that off first (audio_splitter.hpp).
inline constexpr std::size_t max_post_call_bytes = 8 * 1024 * 1024;

enum class post_call_type : std::uint8_t { transcription, audio, initiation_failure, other };

/// The vendor's report after a call. Everything is optional: null, a
/// missing field and one of another type are the same, "" or nothing. Nothing of it is printable unless it says so.
struct post_call {
  struct tool_call {
    std::string id, name;
    std::string parameters;  ///< JSON text, as the vendor gives it: not checked
    std::string result;      ///< as given to the agent; "" when none is reported
    bool is_error = false;
    bool operator==(const tool_call&) const = default;
  };
  struct line {
    bool agent = false;    ///< else the caller
    std::string text;      ///< what was said; "" in a turn of tools only
    std::string original;  ///< what the agent was about to say, where an interruption cut it
    bool interrupted = false;
    std::int64_t at_seconds = 0;   ///< since the conversation's begin
    std::vector<tool_call> tools;  ///< the first 100
    bool operator==(const line&) const = default;
  };
  struct charge_type {
    std::optional<bool> is_burst;
    std::optional<double> call, llm;  ///< credits
    std::optional<double> llm_price;  ///< US dollars
    std::string tier;
    bool operator==(const charge_type&) const = default;
  };
  /// Why a call that the vendor placed did not come about.
  struct failure_type {
    std::string reason;                       ///< "busy", "no-answer", "unknown"
    std::string provider;                     ///< "twilio", "sip"
    std::string from, to, status, direction;  ///< Twilio's words
    std::string detail;                       ///< SIP's words
    std::optional<std::int64_t> sip_status;
    bool operator==(const failure_type&) const = default;
  };

  post_call_type type = post_call_type::other;
  std::string type_text;                  ///< printable, at most 64 bytes
  std::optional<std::int64_t> sent_unix;  ///< event_timestamp, which comes as number and as text
  /// Printable, at most 256 bytes. With `type_text` the event's identity: each may come again.
  model::conversation_id conversation;
  model::agent_id agent;    ///< printable, at most 256 bytes
  model::call_sid call;     ///< of our variables, else Twilio's; "" when it has not Twilio's form
  model::tenant_id tenant;  ///< of our variables: it came through the vendor, so it is a hint. Printable, likewise
  std::string status;       ///< "done", "failed"; a call that never began may be "done" with an error below
  std::string user;         ///< user_id: a caller's number, as a rule
  std::optional<std::int64_t> started_unix, duration_seconds;
  std::optional<double> cost;  ///< credits
  charge_type charge;
  std::string termination_reason, main_language;
  std::optional<std::int64_t> error_code;
  std::string error_reason;
  std::string successful;  ///< "success", "failure", "unknown"
  std::string summary, summary_title;
  std::string evaluation, data_collection;  ///< JSON text of the objects; "" when there is none
  std::vector<line> transcript;
  std::optional<bool> has_audio;
  std::optional<failure_type> failure;  ///< of a call_initiation_failure
  /// What this version does not know of the envelope, `data`, `metadata` and `analysis`: one JSON object, with the
  /// names of these below the root's. "{}" for none. The form of a report of an unknown type.
  std::string unread;
};

/// too_long, too_many (500,000 values, 64 deep), not_json or no_type; else whatever could be read.
[[nodiscard]] decoded<post_call> parse_post_call(std::string_view body);

/// What `GET /v1/convai/conversations/{id}` answers, as the `post_call_transcription` that tells the same: for whoever
/// was not told. Nothing while the vendor is not "done" with it, or "failed". bad_field: it is of another conversation.
[[nodiscard]] decoded<std::optional<std::string>> as_post_call(std::string_view answer, const conversation_id& of);

}  // namespace tonris::model::elevenlabs
