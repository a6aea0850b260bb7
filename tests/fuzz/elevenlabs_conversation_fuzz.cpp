#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <rapidjson/document.h>

#include "model/elevenlabs/conversation.hpp"

namespace {

using namespace tonris::model::elevenlabs;

void require(bool law) {
  if (!law) std::abort();
}

// The fast path's yes is what the decoder says.
void fast_and_slow_agree(std::string_view text) {
  const auto seen = find_audio(text);
  const auto read = decode(text);
  if (!seen) return;
  require(read.has_value());
  const auto* const event = std::get_if<audio>(&*read);
  require(event != nullptr && event->payload == seen->payload && event->event_id == seen->event_id);
}

// One object, UTF-8 throughout.
rapidjson::Document parsed(const std::string& json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  require(!document.HasParseError() && document.IsObject());
  return document;
}

template <class Append, class... Args>
rapidjson::Document written(Append append, const Args&... args) {
  std::string out;
  append(args..., out);
  return parsed(out);
}

// Whatever text the outside gives us, what we send stays one object with the type we meant.
void encoders_write_json(std::string_view text) {
  const auto middle = text.size() / 2;
  const auto first = text.substr(0, middle), second = text.substr(middle);
  require(written(append_user_message, text)["type"] == "user_message");
  require(written(append_contextual_update, first, second)["type"] == "contextual_update");
  require(written(append_client_tool_result, first, second, text.size() % 2 == 0)["is_error"].IsBool());
  require(written(append_mcp_tool_approval, text, true)["is_approved"].IsTrue());
  require(written(append_pong, static_cast<std::int64_t>(text.size()))["event_id"].IsInt64());
  initiation data;
  data.dynamic_variables.emplace(first, std::string(second));
  data.user_id = first;
  data.first_message = second;
  data.voice_id = first;
  require(written(append_initiation, data)["type"] == "conversation_initiation_client_data");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fast_and_slow_agree(text);
  encoders_write_json(text);
  return 0;
}
