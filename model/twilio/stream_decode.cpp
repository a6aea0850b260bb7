#include <limits>

#include "model/json/document.hpp"
#include "model/text/base64.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/counter.hpp"
#include "model/twilio/stream.hpp"

namespace tonris::model::twilio {

namespace {

/// As much of an unknown event's name as is kept: it goes to a log line.
constexpr std::size_t max_event_name_bytes = 64;

tl::unexpected<codec_errc> refuse(codec_errc why) {
  return tl::unexpected(why);
}

/// 0 when absent.
decoded<std::uint64_t> read_counter(const json::value& in, std::string_view name) {
  const auto* v = json::find(in, name);
  if (v == nullptr || v->IsNull()) return 0;
  if (v->IsUint64()) return v->GetUint64();
  if (!v->IsString()) return refuse(codec_errc::bad_field);
  const auto value = parse_counter(json::text_of(*v));
  if (!value) return refuse(codec_errc::bad_field);
  return *value;
}

decoded<int> read_int(const json::value& in, std::string_view name) {
  const auto value = read_counter(in, name);
  if (!value) return refuse(value.error());
  if (*value > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) return refuse(codec_errc::bad_field);
  return static_cast<int>(*value);
}

decoded<std::string> read_sid(const json::value& in, std::string_view name, std::string_view prefix) {
  const auto text = json::need_string(in, name);
  if (!text) return refuse(text.error());
  if (!is_sid(*text, prefix)) return refuse(codec_errc::bad_field);
  return std::string(*text);
}

decoded<message> read_connected(const json::value& root) {
  const auto protocol = json::maybe_string(root, "protocol");
  const auto version = json::maybe_string(root, "version");
  if (!protocol || !version) return refuse(codec_errc::bad_field);
  return connected{std::string(*protocol), std::string(*version)};
}

/// The stream is named twice, at the top and in `start`: once is enough, twice must be the same.
decoded<model::stream_sid> read_stream_sid(const json::value& root, const json::value& body) {
  const bool inside = json::find(body, "streamSid") != nullptr;
  auto sid = read_sid(inside ? body : root, "streamSid", "MZ");
  if (!sid) return refuse(sid.error());
  if (inside && json::find(root, "streamSid") != nullptr && json::need_string(root, "streamSid") != *sid)
    return refuse(codec_errc::bad_field);
  return model::stream_sid{std::move(*sid)};
}

/// Nothing said leaves the format empty: it is then not mu-law, which is for the caller to refuse.
decoded<void> read_format(const json::value& body, start& to) {
  const auto* format = json::find(body, "mediaFormat");
  if (format == nullptr || format->IsNull()) return {};
  if (!format->IsObject()) return refuse(codec_errc::bad_field);
  const auto encoding = json::maybe_string(*format, "encoding");
  const auto rate = read_int(*format, "sampleRate");
  const auto channels = read_int(*format, "channels");
  if (!encoding || !rate || !channels) return refuse(codec_errc::bad_field);
  to.encoding = *encoding;
  to.sample_rate = *rate;
  to.channels = *channels;
  return {};
}

/// Nothing of the call hangs on them.
void read_parameters(const json::value& body, start& to) {
  const auto* parameters = json::find(body, "customParameters");
  if (parameters == nullptr || !parameters->IsObject()) return;
  for (const auto& member : parameters->GetObject())
    if (member.value.IsString()) to.parameters.emplace(json::text_of(member.name), json::text_of(member.value));
}

decoded<message> read_start(const json::value& root) {
  const auto body = json::need_object(root, "start");
  if (!body) return refuse(body.error());
  auto account = read_sid(**body, "accountSid", "AC");
  if (!account) return refuse(account.error());
  auto call = read_sid(**body, "callSid", "CA");
  if (!call) return refuse(call.error());
  auto stream = read_stream_sid(root, **body);
  if (!stream) return refuse(stream.error());
  start result{.account = {std::move(*account)},
               .call = {std::move(*call)},
               .stream = std::move(*stream),
               .encoding = {},
               .parameters = {}};
  if (const auto done = read_format(**body, result); !done) return refuse(done.error());
  read_parameters(**body, result);
  return result;
}

/// No track is the caller's: a bidirectional stream has no other.
decoded<bool> read_inbound(const json::value& body) {
  if (json::find(body, "track") == nullptr) return true;
  const auto track = json::need_string(body, "track");
  if (!track) return refuse(track.error());
  return *track == "inbound";
}

decoded<message> read_media(const json::value& root) {
  const auto body = json::need_object(root, "media");
  if (!body) return refuse(body.error());
  const auto payload = json::need_string(**body, "payload");
  if (!payload) return refuse(payload.error());
  if (!is_base64(*payload)) return refuse(codec_errc::bad_payload);
  const auto inbound = read_inbound(**body);
  const auto sequence = read_counter(root, "sequenceNumber");
  const auto chunk = read_counter(**body, "chunk");
  const auto timestamp = read_counter(**body, "timestamp");
  if (!inbound) return refuse(inbound.error());
  return media{std::string(*payload),
               sequence.value_or(0),
               chunk.value_or(0),
               timestamp.value_or(0),
               *inbound,
               !sequence || !chunk || !timestamp};
}

decoded<message> read_dtmf(const json::value& root) {
  const auto body = json::need_object(root, "dtmf");
  if (!body) return refuse(body.error());
  const auto digit = json::need_string(**body, "digit");
  if (!digit) return refuse(digit.error());
  if (digit->size() != 1 || std::string_view("0123456789*#ABCD").find(digit->front()) == std::string_view::npos)
    return refuse(codec_errc::bad_field);
  return dtmf{digit->front()};
}

decoded<message> read_mark(const json::value& root) {
  const auto body = json::need_object(root, "mark");
  if (!body) return refuse(body.error());
  const auto name = json::need_string(**body, "name");
  if (!name) return refuse(name.error());
  return mark{std::string(*name)};
}

/// A `stop` that does not name the call still says that the stream is over.
decoded<message> read_stop(const json::value& root) {
  const auto* body = json::find(root, "stop");
  if (body == nullptr || body->IsNull()) return stop{};
  if (!body->IsObject()) return stop{{}, true};
  if (json::find(*body, "callSid") == nullptr) return stop{};
  auto call = read_sid(*body, "callSid", "CA");
  if (!call) return stop{{}, true};
  return stop{{std::move(*call)}};
}

}  // namespace

bool start::mulaw_8000_mono() const noexcept {
  return encoding == "audio/x-mulaw" && sample_rate == 8000 && channels == 1;
}

decoded<message> decode(std::string_view text) {
  const auto root = json::parse_object(text, max_inbound_message_bytes);
  if (!root) return refuse(root.error());
  const auto event = json::need_string(*root, "event");
  if (!event) return refuse(codec_errc::no_type);
  if (*event == "media") return read_media(*root);
  if (*event == "mark") return read_mark(*root);
  if (*event == "dtmf") return read_dtmf(*root);
  if (*event == "start") return read_start(*root);
  if (*event == "connected") return read_connected(*root);
  if (*event == "stop") return read_stop(*root);
  return unknown{std::string(utf8_prefix(*event, max_event_name_bytes))};
}

}  // namespace tonris::model::twilio
