#include "model/elevenlabs/begun_conversation.hpp"

#include <string>

#include "model/elevenlabs/conversation.hpp"
#include "model/json/lookup.hpp"

namespace tonris::model::elevenlabs {

namespace {

/// "" where there is none.
std::string_view text_in(const rapidjson::Value& object, std::string_view name) noexcept {
  const auto* const value = find_field(object, name);
  return value != nullptr && value->IsString() ? text_of(*value) : std::string_view{};
}

}  // namespace

conversation_id conversation_begun_in(std::string_view text) {
  rapidjson::Document document;
  if (!parse_object(text, {.bytes = max_inbound_message_bytes}, document)) return {};
  if (text_in(document, "type") != "conversation_initiation_metadata") return {};
  const auto* const event = find_field(document, "conversation_initiation_metadata_event");
  if (event == nullptr || !event->IsObject()) return {};
  return {std::string{text_in(*event, "conversation_id")}};
}

}  // namespace tonris::model::elevenlabs
