#include "tools/sim/twilio/strict.hpp"

#include <algorithm>

#include "model/text/base64.hpp"
#include "tools/sim/wire/json.hpp"

namespace tonris::sim {
namespace {

using checked = tl::expected<outbound_message, violation>;

tl::unexpected<violation> refuse(std::string rule, std::string detail) {
  return tl::unexpected{violation{std::move(rule), std::move(detail)}};
}

std::string rule_of_key_fault(std::string_view fault) {
  if (fault.starts_with("missing")) return "missing_key";
  return fault.starts_with("extra") ? "extra_key" : "duplicate_key";
}

bool starts_like_a_file(std::string_view bytes) {
  return bytes.starts_with("RIFF") || bytes.starts_with("ID3") || bytes.starts_with("{\"");
}

checked check_media(const rapidjson::Value& message) {
  const auto* media = find_object(message, "media");
  if (media == nullptr) return refuse("bad_field", "media is not an object");
  if (const auto fault = key_fault(*media, {"payload"}); !fault.empty())
    return refuse(rule_of_key_fault(fault), "media." + fault);
  const auto payload = find_string(*media, "payload");
  if (!payload) return refuse("bad_field", "media.payload is not a string");
  outbound_media out;
  if (!model::append_decoded(*payload, out.ulaw)) return refuse("bad_base64", "media.payload is not Base64");
  if (out.ulaw.empty()) return refuse("empty_payload", "media.payload holds no audio");
  if (out.ulaw.size() > max_media_payload)
    return refuse("payload_too_long", "media.payload holds " + std::to_string(out.ulaw.size()) + " bytes");
  const std::string head(out.ulaw.begin(),
                         out.ulaw.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(4, out.ulaw.size())));
  if (starts_like_a_file(head)) return refuse("not_audio", "media.payload starts like a file or JSON");
  return out;
}

checked check_mark(const rapidjson::Value& message) {
  const auto* mark = find_object(message, "mark");
  if (mark == nullptr) return refuse("bad_field", "mark is not an object");
  if (const auto fault = key_fault(*mark, {"name"}); !fault.empty())
    return refuse(rule_of_key_fault(fault), "mark." + fault);
  const auto name = find_string(*mark, "name");
  if (!name || name->empty()) return refuse("bad_field", "mark.name is not a string with something in it");
  return outbound_mark{std::string{*name}};
}

}  // namespace

checked check_outbound(std::string_view text, std::string_view stream_sid) {
  if (stream_sid.empty()) return refuse("message_before_start", "a message came before start was sent");
  rapidjson::Document message;
  if (!parse_object(text, message)) return refuse("not_json", "a message is not one JSON object");
  const auto event = find_string(message, "event");
  if (!event) return refuse("missing_key", "no event");
  const bool known = *event == "media" || *event == "mark" || *event == "clear";
  if (!known) return refuse("unknown_event", "event \"" + std::string{event->substr(0, 40)} + "\"");
  const auto fault = *event == "clear" ? key_fault(message, {"event", "streamSid"})
                                       : key_fault(message, {"event", "streamSid", *event});
  if (!fault.empty()) return refuse(rule_of_key_fault(fault), std::string{*event} + ": " + fault);
  if (find_string(message, "streamSid") != stream_sid)
    return refuse("wrong_stream_sid", std::string{*event} + ": streamSid is not this stream's");
  if (*event == "media") return check_media(message);
  if (*event == "mark") return check_mark(message);
  return outbound_clear{};
}

}  // namespace tonris::sim
