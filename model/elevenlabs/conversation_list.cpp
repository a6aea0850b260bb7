#include "model/elevenlabs/conversation_list.hpp"

#include <utility>

#include "model/json/lookup.hpp"
#include "model/text/percent.hpp"

namespace tonris::model::elevenlabs {

namespace {

constexpr std::size_t max_page_bytes = 1024 * 1024, longest_cursor = 4096, longest_id = 256;

decoded<listed_conversation> conversation_in(const rapidjson::Value& object) {
  field_reader fields{object};
  listed_conversation one;
  one.conversation.value = fields.text("conversation_id");
  one.agent.value = fields.optional_text("agent_id");
  one.started = std::chrono::sys_seconds{std::chrono::seconds{fields.whole("start_time_unix_secs")}};
  one.seconds = fields.optional_whole("call_duration_secs").value_or(0);
  if (one.conversation.empty() || one.conversation.value.size() > longest_id) fields.refuse(codec_errc::bad_field);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return one;
}

std::string unix_seconds(std::chrono::sys_days day) {
  return std::to_string(std::chrono::sys_seconds{day}.time_since_epoch().count());
}

}  // namespace

std::string conversations_target(std::chrono::sys_days day, std::string_view cursor) {
  auto target = "/v1/convai/conversations?call_start_after_unix=" + unix_seconds(day) +
                "&call_start_before_unix=" + unix_seconds(day + std::chrono::days{1}) +
                "&page_size=" + std::to_string(conversations_a_page);
  if (!cursor.empty()) target += "&cursor=" + percent_encoded(cursor);
  return target;
}

decoded<conversation_page> decode_conversation_page(std::string_view body) {
  rapidjson::Document document;
  if (auto parsed = parse_object(body, {.bytes = max_page_bytes}, document); !parsed)
    return tl::unexpected(parsed.error());
  field_reader fields{document};
  const auto* const list = fields.optional_list("conversations");
  const bool has_more = fields.optional_flag("has_more", false);
  conversation_page page;
  page.cursor = fields.optional_text("next_cursor");
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  if (list == nullptr) return tl::unexpected(codec_errc::missing_field);
  if (!has_more) page.cursor.clear();
  if ((has_more && page.cursor.empty()) || page.cursor.size() > longest_cursor)
    return tl::unexpected(codec_errc::bad_field);
  for (const auto& item : list->GetArray()) {
    if (!item.IsObject()) return tl::unexpected(codec_errc::bad_field);
    auto one = conversation_in(item);
    if (!one) return tl::unexpected(one.error());
    page.conversations.push_back(*std::move(one));
  }
  return page;
}

}  // namespace tonris::model::elevenlabs
