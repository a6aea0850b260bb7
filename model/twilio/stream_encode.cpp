#include "model/json/text.hpp"
#include "model/twilio/stream.hpp"

namespace tonris::model::twilio {

namespace {

/// {"event":"<event>","streamSid":"MZ…"
void append_head(std::string_view event, const model::stream_sid& stream, std::string& out) {
  out += R"({"event":")";
  out += event;
  out += R"(","streamSid":)";
  append_json_string(stream.value, out);
}

constexpr std::string_view before_payload = R"(,"media":{"payload":")";
constexpr std::string_view after_payload = R"("}})";

}  // namespace

media_frame make_media_frame(const model::stream_sid& stream) {
  media_frame frame;
  append_head("media", stream, frame.before);
  frame.before += before_payload;
  frame.after = after_payload;
  return frame;
}

void append_media(const model::stream_sid& stream, std::string_view base64_payload, std::string& out) {
  append_head("media", stream, out);
  out += before_payload;
  out += base64_payload;
  out += after_payload;
}

void append_mark(const model::stream_sid& stream, std::string_view name, std::string& out) {
  append_head("mark", stream, out);
  out += R"(,"mark":{"name":)";
  append_json_string(name, out);
  out += "}}";
}

void append_clear(const model::stream_sid& stream, std::string& out) {
  append_head("clear", stream, out);
  out += '}';
}

}  // namespace tonris::model::twilio
