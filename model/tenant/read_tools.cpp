#include "model/tenant/read_tools.hpp"

#include <utility>

#include "model/json/lookup.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;
using builtin = tenant::tool::builtin_type;

std::string read_static(json_fields& fields, const rapidjson::Value& answer) {
  if (!answer.IsObject()) fields.refuse("static", "must be an object");
  auto text = json_text(answer);
  if (text.size() > rules::max_static_bytes)
    fields.refuse("static", "must have at most " + std::to_string(rules::max_static_bytes) + " bytes");
  return text;
}

tenant::tool read_tool(json_fields& fields) {
  tenant::tool tool;
  const auto* const answer = fields.any("static");
  const bool has_url = fields.any("url") != nullptr, has_builtin = fields.any("builtin") != nullptr;
  const auto timeout = fields.whole("timeoutMs", rules::min_tool_timeout_ms, rules::max_tool_timeout_ms);
  tool.unavailable = fields.text("unavailable", rules::unavailable);
  if (int{has_url} + int{has_builtin} + int{answer != nullptr} != 1) {
    fields.refuse_object("must have either url, static or builtin");
    return tool;
  }
  if (timeout && !has_url) fields.refuse("timeoutMs", "is for a tool with a url");
  if (tool.unavailable && answer != nullptr) fields.refuse("unavailable", "is for a tool with a url or builtin");
  if (has_url) {
    tool.url = fields.text("url", rules::tool_url).value_or(std::string{});
    tool.timeout_ms = timeout.value_or(tool.timeout_ms);
  } else if (has_builtin) {
    tool.builtin = rules::builtin_of(fields.required_text("builtin", rules::builtin)).value_or(builtin::none);
  } else {
    tool.static_json = read_static(fields, *answer);
  }
  return tool;
}

void put_tool(json_writer& out, const tenant::tool& tool) {
  if (!tool.url.empty()) {
    out.member("url", tool.url);
    out.member("timeoutMs", tool.timeout_ms);
  } else if (tool.builtin != builtin::none) {
    out.member("builtin", to_string(tool.builtin));
  } else {
    out.key("static");
    out.json(tool.static_json);
  }
  out.member("unavailable", tool.unavailable);
}

}  // namespace

std::map<std::string, tenant::tool> read_tools(json_fields& settings, json_mistakes& mistakes) {
  std::map<std::string, tenant::tool> tools;
  const auto read = [&](std::string_view name, const rapidjson::Value& value, const std::string& path) {
    const rapidjson::Value key{rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))};
    auto checked = read_text(key, path, rules::tool_name, mistakes);
    if (!checked) return;
    json_fields fields{value, path, mistakes};
    tools.emplace(*std::move(checked), read_tool(fields));
    fields.refuse_unknown();
  };
  settings.map("tools", rules::max_tools, read);
  return tools;
}

void put_tools(json_writer& out, const std::map<std::string, tenant::tool>& tools) {
  if (tools.empty()) return;
  out.open_object("tools");
  for (const auto& [name, tool] : tools) {
    out.open_object(name);
    put_tool(out, tool);
    out.close_object();
  }
  out.close_object();
}

std::string_view to_string(tenant::tool::builtin_type what) noexcept {
  switch (what) {
    case builtin::none: return "";
    case builtin::business_hours: return "business_hours";
    case builtin::business_profile: return "business_profile";
    case builtin::caller_history: return "caller_history";
    case builtin::call_context: return "call_context";
  }
  return "";
}

}  // namespace tonris::model
