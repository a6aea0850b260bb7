#include "tools/ctl/tenant_keys.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/percent.hpp"

namespace tonris::ctl {

namespace {

constexpr model::json_limits limits{1024 * 1024};

std::string path_of(const std::string& tenant) {
  return "/api/tenants/" + model::percent_encoded(tenant) + "/keys";
}

std::string line_of(const rapidjson::Value& key) {
  model::field_reader fields{key};
  std::string line{fields.text("keyId")};
  line.append("  ");
  if (const auto* const scopes = fields.any("scopes"); scopes != nullptr && scopes->IsArray()) {
    std::string words;
    for (const auto& one : scopes->GetArray())
      if (one.IsString()) words.append(words.empty() ? "" : ",").append(model::text_of(one));
    line += words;
  }
  const auto used = fields.optional_text("lastUsed");
  line.append("  made ")
      .append(fields.text("createdAt").substr(0, 10))
      .append(" with ")
      .append(fields.text("madeWith"));
  line.append("  ").append(used.empty() ? "never used" : "used ").append(used);
  return line.append("  ").append(fields.text("name")).append("\n");
}

}  // namespace

tl::expected<std::string, refusal> list_keys(const gateway& of, const std::string& tenant,
                                             std::chrono::milliseconds patience) {
  const auto got = ask_for(of, "GET", path_of(tenant), "", 200, patience);
  if (!got) return tl::unexpected(got.error());
  rapidjson::Document body;
  const auto* const items = parse_object(got->body, limits, body) ? model::find_field(body, "items") : nullptr;
  if (items == nullptr || !items->IsArray())
    return tl::unexpected(name_of(of) + " answered with something that is no list of keys");
  std::string lines;
  for (const auto& key : items->GetArray())
    if (key.IsObject()) lines += line_of(key);
  return lines;
}

tl::expected<std::string, refusal> create_key(const gateway& of, const std::string& tenant, const std::string& name,
                                              const std::vector<std::string>& scopes,
                                              std::chrono::milliseconds patience) {
  std::string wanted;
  model::json_writer out{wanted};
  out.open_object();
  out.member("name", name);
  out.open_list("scopes");
  for (const auto& one : scopes) out.value(one);
  out.close_list();
  out.close_object();
  const auto got = ask_for(of, "POST", path_of(tenant), std::move(wanted), 201, patience);
  if (!got) return tl::unexpected(got.error());
  rapidjson::Document body;
  const auto* const key = parse_object(got->body, limits, body) ? model::find_field(body, "key") : nullptr;
  if (key == nullptr || !key->IsString())
    return tl::unexpected(name_of(of) + " answered with something that is no key");
  return std::string{model::text_of(*key)};
}

tl::expected<void, refusal> revoke_key(const gateway& of, const std::string& tenant, const std::string& id,
                                       std::chrono::milliseconds patience) {
  const auto got = ask_for(of, "DELETE", path_of(tenant) + "/" + model::percent_encoded(id), "", 204, patience);
  if (!got) return tl::unexpected(got.error());
  return {};
}

}  // namespace tonris::ctl
