#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/text/codec_error.hpp"
#include "model/text/form.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::twilio {

/// One JSON object whose members are texts, numbers or booleans, as such a form; what is more than that is left out.
[[nodiscard]] decoded<form> parse_json_form(std::string_view body);

enum class call_status {
  queued,
  initiated,
  ringing,
  in_progress,
  completed,
  busy,
  failed,
  no_answer,
  canceled,
  unknown
};
inline constexpr std::size_t call_status_count = static_cast<std::size_t>(call_status::unknown) + 1;
[[nodiscard]] std::string_view to_string(call_status status) noexcept;  ///< "in-progress", as Twilio writes it
[[nodiscard]] call_status parse_call_status(std::string_view text) noexcept;
/// completed, busy, failed, no-answer, canceled: nothing comes after it.
[[nodiscard]] bool is_final(call_status status) noexcept;

/// What a status callback says of its call.
struct call_progress {
  call_status status = call_status::unknown;
  std::optional<std::uint32_t> sequence;  ///< SequenceNumber; the order of a call's callbacks
  std::optional<std::uint32_t> seconds;   ///< CallDuration
};
[[nodiscard]] call_progress parse_call_progress(const form& fields) noexcept;  ///< what is no number is not there

/// The fields every voice webhook carries (docs/protocols/twilio.md#voice-webhook). Numbers are in E.164, whichever
/// form Twilio gave them (model/phone/number.hpp); what is none stays as it came.
struct voice_request {
  model::call_sid call;
  model::account_sid account;
  std::string from;  ///< "anonymous" when absent or withheld
  std::string to;
  call_status status = call_status::unknown;
  std::string direction;       ///< inbound, outbound-api, outbound-dial, ...
  std::string forwarded_from;  ///< "" when absent
  std::string caller_name;     ///< "" when absent
};
/// CallSid, AccountSid and To must be there and the SIDs well-formed; everything else is optional. Caller and Called
/// stand in for From and To.
[[nodiscard]] decoded<voice_request> parse_voice_request(const form& fields);

/// outbound-api, outbound-dial: the business calls, `From` is its number and `To` the person who is called.
[[nodiscard]] bool is_outbound(std::string_view direction) noexcept;
/// The number of the one who is on the phone with the business, and the business's own.
[[nodiscard]] const std::string& person_of(const voice_request& call) noexcept;
[[nodiscard]] const std::string& business_of(const voice_request& call) noexcept;

enum class stream_event { started, stopped, error, unknown };

/// A stream's progress (docs/protocols/twilio.md#of-a-stream).
struct stream_status {
  stream_event event = stream_event::unknown;
  model::call_sid call;
  model::stream_sid stream;
  std::string error_text;  ///< verbatim, at most 500 bytes
  int error_code = 0;      ///< the five-digit code found in the text, 0 when none
};
[[nodiscard]] decoded<stream_status> parse_stream_status(const form& fields);

/// A recording, a voicemail's or one that we asked for (docs/protocols/twilio.md#other-verbs). CallSid and a
/// well-formed RecordingSid must be there.
struct recording_status {
  model::call_sid call;
  std::string recording_sid;  ///< RE + 32 hex
  std::string url;            ///< at Twilio, needs the account's credentials; at most 500 bytes
  std::string status;         ///< in-progress, completed, absent, …; at most 40 bytes
  unsigned seconds = 0;
  bool of_the_call = false;  ///< we asked for it; else it is a message that the caller left
};
[[nodiscard]] decoded<recording_status> parse_recording_status(const form& fields);

/// The leg that a `<Dial>` has dialled, as its action tells of it: a call of its own
/// (docs/protocols/twilio.md#other-verbs). Nothing: it does not.
struct dialled_leg {
  model::call_sid leg;
  std::string status;         ///< DialCallStatus, at most 40 bytes
  std::uint32_t seconds = 0;  ///< from its answer to its end
};
[[nodiscard]] std::optional<dialled_leg> parse_dialled_leg(const form& fields);

/// What came of a transfer: the field of a `<Dial>`'s action. `completed` and `answered` mean that somebody took it.
[[nodiscard]] bool was_answered(std::string_view dial_call_status) noexcept;

}  // namespace tonris::model::twilio
