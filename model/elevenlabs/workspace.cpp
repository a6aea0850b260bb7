#include "model/elevenlabs/workspace.hpp"

#include <utility>

#include "model/elevenlabs/post_call_choice.hpp"
#include "model/json/lookup.hpp"

namespace tonris::model::elevenlabs {

namespace {

constexpr json_limits limits{4 * 1024 * 1024};

std::string text_in(const rapidjson::Value& of, std::string_view name) {
  const auto* const there = find_field(of, name);
  return there && there->IsString() ? std::string{text_of(*there)} : std::string{};
}
std::int64_t whole_in(const rapidjson::Value& of, std::string_view name) {
  const auto* const there = find_field(of, name);
  return there && there->IsInt64() ? there->GetInt64() : 0;
}
bool flag_in(const rapidjson::Value& of, std::string_view name) {
  const auto* const there = find_field(of, name);
  return there && there->IsBool() && there->GetBool();
}

}  // namespace

decoded<subscription> decode_subscription(std::string_view body) {
  rapidjson::Document document;
  if (auto read = parse_object(body, limits, document); !read) return tl::unexpected(read.error());
  return subscription{text_in(document, "tier"), text_in(document, "status"), whole_in(document, "character_count"),
                      whole_in(document, "character_limit"), flag_in(document, "can_extend_character_limit")};
}

std::uint32_t conversations_of_plan(std::string_view tier) noexcept {
  static constexpr std::pair<std::string_view, std::uint32_t> plans[] = {{"free", 4}, {"starter", 6}, {"creator", 10},
                                                                         {"pro", 20}, {"scale", 30},  {"business", 30}};
  for (const auto& [name, allowed] : plans)
    if (tier == name) return allowed;
  return 0;
}

decoded<std::vector<workspace_webhook>> decode_webhooks(std::string_view body) {
  rapidjson::Document document;
  if (auto read = parse_object(body, limits, document); !read) return tl::unexpected(read.error());
  std::vector<workspace_webhook> all;
  const auto* const list = find_field(document, "webhooks");
  if (!list || !list->IsArray()) return all;
  for (const auto& one : list->GetArray()) {
    if (!one.IsObject()) continue;
    all.push_back({text_in(one, "name"), text_in(one, "webhook_url"), flag_in(one, "is_disabled"),
                   flag_in(one, "is_auto_disabled"), whole_in(one, "most_recent_failure_error_code"),
                   whole_in(one, "most_recent_failure_timestamp"), text_in(one, "webhook_id")});
  }
  return all;
}

decoded<post_call_choice> decode_post_call_choice(std::string_view body) {
  rapidjson::Document document;
  if (auto read = parse_object(body, limits, document); !read) return tl::unexpected(read.error());
  const auto* const chosen = find_field(document, "webhooks");
  return chosen && chosen->IsObject() ? read_post_call_choice(*chosen) : post_call_choice{};
}

decoded<std::vector<std::string>> decode_phone_numbers(std::string_view body) {
  rapidjson::Document document;
  if (auto read = parse_list(body, limits, document); !read) return tl::unexpected(read.error());
  std::vector<std::string> all;
  for (const auto& one : document.GetArray())
    if (one.IsObject())
      if (auto number = text_in(one, "phone_number"); !number.empty()) all.push_back(std::move(number));
  return all;
}

}  // namespace tonris::model::elevenlabs
