#include "model/elevenlabs/post_call_choice.hpp"

#include <algorithm>

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::elevenlabs {

namespace {

constexpr std::size_t most_events = 20, most_name_bytes = 100;

std::string name_of(const rapidjson::Value& text) {
  return std::string{utf8_prefix(text_of(text), most_name_bytes)};
}

}  // namespace

post_call_choice read_post_call_choice(const rapidjson::Value& webhooks) {
  post_call_choice choice;
  if (!webhooks.IsObject()) return choice;
  if (const auto* const id = find_field(webhooks, "post_call_webhook_id"); id != nullptr && id->IsString())
    choice.webhook = name_of(*id);
  const auto* const events = find_field(webhooks, "events");
  if (events == nullptr || !events->IsArray()) return choice;
  choice.events.emplace();
  for (const auto& one : events->GetArray())
    if (one.IsString() && choice.events->size() < most_events) choice.events->push_back(name_of(one));
  return choice;
}

bool tells_transcripts(const post_call_choice& choice) noexcept {
  return !choice.events || std::ranges::any_of(*choice.events, [](const auto& one) { return one == "transcript"; });
}

}  // namespace tonris::model::elevenlabs
