#include "model/elevenlabs/agent_settings.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr std::size_t most_items = 200, most_name_bytes = 100, most_tool_values = 5'000;

using path = std::initializer_list<std::string_view>;

/// The value at the end of a path; nullptr where the path ends before.
const rapidjson::Value* at(const rapidjson::Value& root, path members) noexcept {
  const auto* value = &root;
  for (const auto name : members) {
    if (!value->IsObject()) return nullptr;
    value = find_field(*value, name);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string_view text_at(const rapidjson::Value& root, path members) noexcept {
  const auto* const value = at(root, members);
  return value != nullptr && value->IsString() ? text_of(*value) : std::string_view{};
}

bool flag_at(const rapidjson::Value& root, path members, bool otherwise) noexcept {
  const auto* const value = at(root, members);
  return value != nullptr && value->IsBool() ? value->GetBool() : otherwise;
}

std::int64_t whole_at(const rapidjson::Value& root, path members, std::int64_t otherwise) noexcept {
  const auto* const value = at(root, members);
  return value != nullptr && value->IsInt64() ? value->GetInt64() : otherwise;
}

std::string name_of(std::string_view text) {
  return std::string{utf8_prefix(text, most_name_bytes)};
}

template <class Visit>
void each_item(const rapidjson::Value* list, Visit visit) {
  if (list == nullptr || !list->IsArray()) return;
  for (rapidjson::SizeType i = 0; i < std::min<std::size_t>(list->Size(), most_items); ++i) visit((*list)[i]);
}

template <class Visit>
void each_member(const rapidjson::Value* object, Visit visit) {
  if (object == nullptr || !object->IsObject()) return;
  std::size_t seen = 0;
  for (const auto& member : object->GetObject())
    if (++seen <= most_items) visit(text_of(member.name), member.value);
}

/// "{{name}}", with blanks around it or without.
void add_references(std::string_view text, std::set<std::string>& names) {
  for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open + 2)) {
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) return;
    const auto name = trimmed(text.substr(open + 2, close - open - 2));
    if (!name.empty() && name.find('{') == std::string_view::npos && names.size() < most_items)
      names.insert(name_of(name));
  }
}

/// What a tool's parameters and headers are filled with. What it assigns, it brings itself.
void add_tool_variables(const rapidjson::Value& tool, std::set<std::string>& names) {
  std::vector<const rapidjson::Value*> left{&tool};
  for (std::size_t seen = 0; !left.empty() && seen < most_tool_values; ++seen) {
    const auto& value = *left.back();
    left.pop_back();
    if (value.IsArray()) each_item(&value, [&](const rapidjson::Value& one) { left.push_back(&one); });
    each_member(&value, [&](std::string_view name, const rapidjson::Value& one) {
      if (name == "assignments") return;
      const bool is_reference = (name == "dynamic_variable" || name == "variable_name") && one.IsString();
      if (is_reference && one.GetStringLength() > 0 && names.size() < most_items) names.insert(name_of(text_of(one)));
      if (one.IsObject() || one.IsArray()) left.push_back(&one);
    });
  }
}

void add_variables_of_tools(const rapidjson::Value& agent, std::set<std::string>& names) {
  each_item(at(agent, {"prompt", "tools"}), [&](const rapidjson::Value& tool) {
    add_tool_variables(tool, names);
    add_references(text_at(tool, {"api_schema", "url"}), names);
    each_member(at(tool, {"api_schema", "request_headers"}), [&](std::string_view, const rapidjson::Value& header) {
      if (header.IsString()) add_references(text_of(header), names);
    });
  });
}

std::vector<std::string> variables_of(const rapidjson::Value& agent) {
  std::set<std::string> names;
  add_references(text_at(agent, {"first_message"}), names);
  add_references(text_at(agent, {"prompt", "prompt"}), names);
  add_variables_of_tools(agent, names);
  each_member(at(agent, {"dynamic_variables", "dynamic_variable_placeholders"}),
              [&](std::string_view name, const rapidjson::Value&) { names.insert(name_of(name)); });
  return {names.begin(), names.end()};
}

void read_tools(const rapidjson::Value& agent, agent_settings& to) {
  each_item(at(agent, {"prompt", "tools"}), [&](const rapidjson::Value& tool) {
    const auto type = text_at(tool, {"type"});
    const auto name = name_of(text_at(tool, {"name"}));
    if (name.empty()) return;
    if (type == "client") to.client_tools.push_back({name, flag_at(tool, {"expects_response"}, false)});
    if (type == "system") to.system_tools.push_back(name);
  });
  each_member(at(agent, {"prompt", "built_in_tools"}), [&](std::string_view name, const rapidjson::Value& tool) {
    const bool is_known = std::find(to.system_tools.begin(), to.system_tools.end(), name) != to.system_tools.end();
    if (tool.IsObject() && !is_known) to.system_tools.push_back(name_of(name));
  });
}

void read_agent(const rapidjson::Value& root, agent_settings& to) {
  const auto* const agent = at(root, {"conversation_config", "agent"});
  if (agent == nullptr) return;
  to.language = name_of(text_at(*agent, {"language"}));
  to.variables = variables_of(*agent);
  read_tools(*agent, to);
}

void read_conversation(const rapidjson::Value& root, agent_settings& to) {
  const auto* const config = at(root, {"conversation_config"});
  if (config == nullptr) return;
  if (const auto format = text_at(*config, {"tts", "agent_output_audio_format"}); !format.empty())
    to.output_format = name_of(format);
  if (const auto format = text_at(*config, {"asr", "user_input_audio_format"}); !format.empty())
    to.input_format = name_of(format);
  to.max_duration_seconds = whole_at(*config, {"conversation", "max_duration_seconds"}, to.max_duration_seconds);
  if (const auto* const events = at(*config, {"conversation", "client_events"}); events && events->IsArray()) {
    auto& names = to.client_events.emplace();
    each_item(events, [&](const rapidjson::Value& one) {
      if (one.IsString()) names.push_back(name_of(text_of(one)));
    });
  }
  each_member(at(*config, {"language_presets"}),
              [&](std::string_view name, const rapidjson::Value&) { to.further_languages.push_back(name_of(name)); });
}

void read_platform(const rapidjson::Value& root, agent_settings& to) {
  const auto* const platform = at(root, {"platform_settings"});
  if (platform == nullptr) return;
  if (const auto* const allowed = at(*platform, {"overrides", "conversation_config_override"})) {
    to.may_override_first_message = flag_at(*allowed, {"agent", "first_message"}, false);
    to.may_override_language = flag_at(*allowed, {"agent", "language"}, false);
    to.may_override_prompt = flag_at(*allowed, {"agent", "prompt", "prompt"}, false);
    to.may_override_voice = flag_at(*allowed, {"tts", "voice_id"}, false);
  }
  to.asks_for_initiation =
      flag_at(*platform, {"overrides", "enable_conversation_initiation_client_data_from_webhook"}, false);
  if (const auto* const own = at(*platform, {"workspace_overrides", "webhooks"}))
    to.post_call = read_post_call_choice(*own);
  to.concurrency_limit = whole_at(*platform, {"call_limits", "agent_concurrency_limit"}, to.concurrency_limit);
  to.daily_limit = whole_at(*platform, {"call_limits", "daily_limit"}, to.daily_limit);
  const auto* const hosts = at(*platform, {"auth", "allowlist"});
  to.needs_origin = flag_at(*platform, {"auth", "require_origin_header"}, false) ||
                    (hosts != nullptr && hosts->IsArray() && !hosts->Empty());
}

}  // namespace

decoded<agent_settings> decode_agent_settings(std::string_view body) {
  rapidjson::Document document;
  const auto parsed = parse_object(body, {.bytes = max_agent_settings_bytes}, document);
  if (!parsed) return tl::unexpected(parsed.error());
  agent_settings settings;
  settings.id = name_of(text_at(document, {"agent_id"}));
  settings.name = name_of(text_at(document, {"name"}));
  read_conversation(document, settings);
  read_agent(document, settings);
  read_platform(document, settings);
  return settings;
}

}  // namespace tonris::model::elevenlabs
