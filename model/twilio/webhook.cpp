#include "model/twilio/webhook.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/json/lookup.hpp"
#include "model/phone/number.hpp"
#include "model/text/ascii.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::twilio {

namespace {

constexpr std::size_t max_error_text_bytes = 500;
constexpr std::size_t error_code_digits = 5;
constexpr std::size_t max_status_bytes = 40;
constexpr std::size_t max_json_bytes = 128 * 1024;

decoded<std::string> read_sid(const form& fields, std::string_view name, std::string_view prefix) {
  const auto* text = find_field(fields, name);
  if (text == nullptr || text->empty()) return tl::unexpected(codec_errc::missing_field);
  if (!is_sid(*text, prefix)) return tl::unexpected(codec_errc::bad_field);
  return *text;
}

std::string_view first_of(const form& fields, std::string_view name, std::string_view otherwise) noexcept {
  const auto value = field(fields, name);
  return value.empty() ? field(fields, otherwise) : value;
}

std::string number_or_text(std::string_view address) {
  return number_in(address).value_or(std::string(address));
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// The first number of exactly five digits, e.g. of "31920 - Stream - WebSocket - Handshake Error".
int find_error_code(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto begin = std::find_if(text.begin(), text.end(), is_digit);
    const auto end = std::find_if_not(begin, text.end(), is_digit);
    if (end - begin == error_code_digits) {
      int code = 0;
      std::from_chars(begin, end, code);
      return code;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  }
  return 0;
}

/// A whole number, and nothing beside it.
std::optional<std::uint32_t> find_count(const form& fields, std::string_view name) noexcept {
  const auto text = field(fields, name);
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return count;
}

stream_event parse_stream_event(std::string_view text) noexcept {
  if (text == "stream-started") return stream_event::started;
  if (text == "stream-stopped") return stream_event::stopped;
  if (text == "stream-error") return stream_event::error;
  return stream_event::unknown;
}

}  // namespace

decoded<form> parse_json_form(std::string_view body) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(body, {max_json_bytes}, document); !parsed)
    return tl::unexpected(parsed.error());
  if (document.MemberCount() > max_form_fields) return tl::unexpected(codec_errc::too_many);
  form fields;
  for (const auto& member : document.GetObject()) {
    const auto& value = member.value;
    if (value.IsString())
      fields.emplace_back(text_of(member.name), text_of(value));
    else if (value.IsNumber() || value.IsBool())
      fields.emplace_back(text_of(member.name), json_text(value));
  }
  return fields;
}

std::string_view to_string(call_status status) noexcept {
  switch (status) {
    case call_status::queued: return "queued";
    case call_status::initiated: return "initiated";
    case call_status::ringing: return "ringing";
    case call_status::in_progress: return "in-progress";
    case call_status::completed: return "completed";
    case call_status::busy: return "busy";
    case call_status::failed: return "failed";
    case call_status::no_answer: return "no-answer";
    case call_status::canceled: return "canceled";
    case call_status::unknown: return "unknown";
  }
  return "unknown";
}

call_status parse_call_status(std::string_view text) noexcept {
  return find_named<call_status>(text, call_status_count).value_or(call_status::unknown);
}

bool is_final(call_status status) noexcept {
  switch (status) {
    case call_status::completed:
    case call_status::busy:
    case call_status::failed:
    case call_status::no_answer:
    case call_status::canceled: return true;
    case call_status::queued:
    case call_status::initiated:
    case call_status::ringing:
    case call_status::in_progress:
    case call_status::unknown: return false;
  }
  return false;
}

decoded<voice_request> parse_voice_request(const form& fields) {
  auto call = read_sid(fields, "CallSid", "CA");
  if (!call) return tl::unexpected(call.error());
  auto account = read_sid(fields, "AccountSid", "AC");
  if (!account) return tl::unexpected(account.error());
  const auto to = first_of(fields, "To", "Called");
  if (to.empty()) return tl::unexpected(codec_errc::missing_field);
  return voice_request{.call = {std::move(*call)},
                       .account = {std::move(*account)},
                       .from = caller_in(first_of(fields, "From", "Caller")),
                       .to = number_or_text(to),
                       .status = parse_call_status(field(fields, "CallStatus")),
                       .direction = std::string(field(fields, "Direction")),
                       .forwarded_from = number_or_text(field(fields, "ForwardedFrom")),
                       .caller_name = std::string(field(fields, "CallerName"))};
}

call_progress parse_call_progress(const form& fields) noexcept {
  return {parse_call_status(field(fields, "CallStatus")), find_count(fields, "SequenceNumber"),
          find_count(fields, "CallDuration")};
}

bool is_outbound(std::string_view direction) noexcept {
  return direction.starts_with("outbound");
}

const std::string& person_of(const voice_request& call) noexcept {
  return is_outbound(call.direction) ? call.to : call.from;
}

const std::string& business_of(const voice_request& call) noexcept {
  return is_outbound(call.direction) ? call.from : call.to;
}

decoded<stream_status> parse_stream_status(const form& fields) {
  auto call = read_sid(fields, "CallSid", "CA");
  if (!call) return tl::unexpected(call.error());
  auto stream = read_sid(fields, "StreamSid", "MZ");
  if (!stream) return tl::unexpected(stream.error());
  const auto event = field(fields, "StreamEvent");
  if (event.empty()) return tl::unexpected(codec_errc::missing_field);
  const auto text = utf8_prefix(field(fields, "StreamError"), max_error_text_bytes);
  return stream_status{.event = parse_stream_event(event),
                       .call = {std::move(*call)},
                       .stream = {std::move(*stream)},
                       .error_text = std::string(text),
                       .error_code = find_error_code(text)};
}

decoded<recording_status> parse_recording_status(const form& fields) {
  auto call = read_sid(fields, "CallSid", "CA");
  if (!call) return tl::unexpected(call.error());
  auto recording = read_sid(fields, "RecordingSid", "RE");
  if (!recording) return tl::unexpected(recording.error());
  recording_status status;
  status.call = {std::move(*call)};
  status.recording_sid = std::move(*recording);
  status.url = utf8_prefix(field(fields, "RecordingUrl"), max_error_text_bytes);
  status.status = utf8_prefix(field(fields, "RecordingStatus"), max_status_bytes);
  status.of_the_call = field(fields, "RecordingSource") == "StartCallRecordingAPI";
  const auto seconds = field(fields, "RecordingDuration");
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), status.seconds);
  return status;
}

std::optional<dialled_leg> parse_dialled_leg(const form& fields) {
  auto sid = read_sid(fields, "DialCallSid", "CA");
  const auto status = utf8_prefix(field(fields, "DialCallStatus"), max_status_bytes);
  if (!sid || status.empty()) return std::nullopt;
  dialled_leg leg{{std::move(*sid)}, std::string{status}};
  const auto seconds = field(fields, "DialCallDuration");
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), leg.seconds);
  return leg;
}

bool was_answered(std::string_view dial_call_status) noexcept {
  return dial_call_status == "completed" || dial_call_status == "answered";
}

}  // namespace tonris::model::twilio
