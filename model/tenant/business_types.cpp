#include "model/tenant/business_types.hpp"

#include <utility>

#include "model/json/fields.hpp"
#include "model/tenant/reader.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_business_types = 1000;

std::string plain(std::string_view business_type) {
  return to_lower(trimmed(business_type));
}

}  // namespace

business_types::business_types(std::map<std::string, agent_id> agents) {
  for (auto& [type, agent] : agents) agents_.emplace(plain(type), std::move(agent));
}

agent_id business_types::agent_of(std::string_view business_type) const {
  const auto found = business_type.empty() ? agents_.end() : agents_.find(plain(business_type));
  return found == agents_.end() ? agent_id{} : found->second;
}

tl::expected<business_types, tenant_error> parse_business_types(std::string_view json) {
  json_mistakes mistakes;
  rapidjson::Document document;
  std::map<std::string, agent_id> agents;
  if (parse_document(json, tenant_rules::max_tenant_bytes, document, mistakes)) {
    if (!document.IsObject()) note(mistakes, "", "must be an object");
  }
  if (mistakes.empty()) {
    if (document.MemberCount() > max_business_types)
      note(mistakes, "", "must have at most " + std::to_string(max_business_types) + " entries");
    for (const auto& member : document.GetObject()) {
      const std::string type{member.name.GetString(), member.name.GetStringLength()};
      const auto path = path_below("", type);
      static_cast<void>(read_text(member.name, path, tenant_rules::business_type, mistakes));
      auto agent = read_text(member.value, path, tenant_rules::agent_id, mistakes);
      if (agent && !agents.emplace(plain(type), agent_id{*std::move(agent)}).second)
        note(mistakes, path, "is there twice");
    }
  }
  if (mistakes.empty()) return business_types{std::move(agents)};
  return tl::unexpected(to_tenant_error(std::move(mistakes)));
}

}  // namespace tonris::model
