#include <limits>
#include <utility>

#include "model/json/lookup.hpp"
#include "model/text/base64.hpp"
#include "model/text/utf8.hpp"
#include "model/twilio/counter.hpp"
#include "model/twilio/stream.hpp"

namespace tonris::model::twilio {

namespace {

/// As much of an unknown event's name as is kept: it goes to a log line.
constexpr std::size_t max_event_name_bytes = 64;

/// The message, if nothing in it was a mistake.
decoded<message> checked(const field_reader& fields, message read) {
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return read;
}

/// 0 when absent.
std::uint64_t read_counter(field_reader& fields, std::string_view name) {
  const auto* const value = fields.any(name);
  if (value == nullptr) return 0;
  if (value->IsUint64()) return value->GetUint64();
  const auto counter = value->IsString() ? parse_counter(text_of(*value)) : std::nullopt;
  if (!counter) fields.refuse(codec_errc::bad_field);
  return counter.value_or(0);
}

int read_int(field_reader& fields, std::string_view name) {
  const auto value = read_counter(fields, name);
  if (std::in_range<int>(value)) return static_cast<int>(value);
  fields.refuse(codec_errc::bad_field);
  return 0;
}

std::string read_sid(field_reader& fields, std::string_view name, std::string_view prefix) {
  const auto text = fields.text(name);
  if (!is_sid(text, prefix)) fields.refuse(codec_errc::bad_field);
  return std::string(text);
}

decoded<message> read_connected(field_reader& root) {
  connected read;
  read.protocol = root.optional_text("protocol");
  read.version = root.optional_text("version");
  return checked(root, std::move(read));
}

/// The stream is named twice, at the top and in `start`: once is enough, twice must be the same.
model::stream_sid read_stream_sid(const field_reader& root, field_reader& body) {
  auto outer = root;
  const bool is_outside = outer.has("streamSid");
  if (!is_outside || body.has("streamSid")) {
    auto sid = read_sid(body, "streamSid", "MZ");
    if (is_outside && outer.text("streamSid") != sid) body.refuse(codec_errc::bad_field);
    return {std::move(sid)};
  }
  auto sid = read_sid(outer, "streamSid", "MZ");
  if (outer.mistake()) body.refuse(*outer.mistake());
  return {std::move(sid)};
}

/// Nothing said leaves the format empty: it is then not mu-law, which is for the caller to refuse.
void read_format(field_reader& body, start& to) {
  const auto* const object = body.optional_object("mediaFormat");
  if (object == nullptr) return;
  field_reader format(*object);
  to.encoding = format.optional_text("encoding");
  to.sample_rate = read_int(format, "sampleRate");
  to.channels = read_int(format, "channels");
  if (format.mistake()) body.refuse(*format.mistake());
}

/// Nothing of the call hangs on them.
void read_parameters(const field_reader& body, start& to) {
  const auto* const parameters = body.any("customParameters");
  if (parameters == nullptr || !parameters->IsObject()) return;
  for (const auto& member : parameters->GetObject())
    if (member.value.IsString()) to.parameters.emplace(text_of(member.name), text_of(member.value));
}

decoded<message> read_start(field_reader& root, field_reader& body) {
  start read;
  read.account = {read_sid(body, "accountSid", "AC")};
  read.call = {read_sid(body, "callSid", "CA")};
  read.stream = read_stream_sid(root, body);
  read_format(body, read);
  read_parameters(body, read);
  return checked(body, std::move(read));
}

decoded<message> read_media(field_reader& root, field_reader& body) {
  const auto payload = body.text("payload");
  if (!is_base64(payload)) body.refuse(codec_errc::bad_payload);
  // No track is the caller's: a bidirectional stream has no other.
  const bool is_inbound = !body.has("track") || body.optional_text("track") == "inbound";
  auto outer_counters = root, counters = body;
  media read;
  read.payload = payload;
  read.sequence = read_counter(outer_counters, "sequenceNumber");
  read.chunk = read_counter(counters, "chunk");
  read.timestamp = read_counter(counters, "timestamp");
  read.inbound = is_inbound;
  read.odd = outer_counters.mistake() || counters.mistake();
  return checked(body, std::move(read));
}

decoded<message> read_dtmf(field_reader&, field_reader& body) {
  const auto digit = body.text("digit");
  if (digit.size() != 1 || std::string_view("0123456789*#ABCD").find(digit.front()) == std::string_view::npos)
    body.refuse(codec_errc::bad_field);
  return checked(body, dtmf{digit.empty() ? '\0' : digit.front()});
}

decoded<message> read_mark(field_reader&, field_reader& body) {
  return checked(body, mark{std::string(body.text("name"))});
}

/// A `stop` that does not name the call still says that the stream is over.
decoded<message> read_stop(const field_reader& root) {
  const auto* const value = root.any("stop");
  if (value == nullptr) return stop{};
  if (!value->IsObject()) return stop{{}, true};
  field_reader body(*value);
  if (!body.has("callSid")) return stop{};
  auto call = read_sid(body, "callSid", "CA");
  if (body.mistake()) return stop{{}, true};
  return stop{{std::move(call)}};
}

/// The message whose fields are in the object of that name.
decoded<message> read_body(field_reader& root, std::string_view name,
                           decoded<message> (*read)(field_reader& root, field_reader& body)) {
  const auto* const object = root.object(name);
  if (object == nullptr) return tl::unexpected(*root.mistake());
  field_reader body(*object);
  return read(root, body);
}

}  // namespace

bool start::mulaw_8000_mono() const noexcept {
  return encoding == "audio/x-mulaw" && sample_rate == 8000 && channels == 1;
}

decoded<message> decode(std::string_view text) {
  rapidjson::Document document;
  const auto parsed = parse_object(text, {.bytes = max_inbound_message_bytes}, document);
  if (!parsed) return tl::unexpected(parsed.error());
  field_reader root(document);
  const auto event = root.text("event");
  if (root.mistake()) return tl::unexpected(codec_errc::no_type);
  if (event == "media") return read_body(root, "media", read_media);
  if (event == "mark") return read_body(root, "mark", read_mark);
  if (event == "dtmf") return read_body(root, "dtmf", read_dtmf);
  if (event == "start") return read_body(root, "start", read_start);
  if (event == "connected") return read_connected(root);
  if (event == "stop") return read_stop(root);
  return unknown{std::string(utf8_prefix(event, max_event_name_bytes))};
}

}  // namespace tonris::model::twilio
