#include "model/tenant/read_secrets.hpp"

#include <algorithm>
#include <utility>

#include "model/json/lookup.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/ascii.hpp"
#include "model/text/webhook_key.hpp"

namespace tonris::model {

namespace {

using form = tenant_secret::form;

bool is_word(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_visible);
}
bool is_token(std::string_view text) noexcept {
  return is_word(text) && text.find(',') == std::string_view::npos;
}
bool is_account(std::string_view text) noexcept {
  return is_sid(text, "AC");
}
constexpr text_rule word_rule{1, 512, is_word, "one word of printable ASCII characters"};
constexpr text_rule token_rule{1, 128, is_token, "one word of printable ASCII characters, without a comma"};
constexpr text_rule webhook_rule{1, 128, is_webhook_key, "whsec_ and the Base64 of 24 to 64 bytes"};
constexpr text_rule account_rule{1, 34, is_account, "AC and 32 hexadecimal digits"};
constexpr text_rule sealed_rule{1, 4096, is_word, "a sealed text, as it was given out"};

tenant_secret read_object(const rapidjson::Value& value, const std::string& path, json_mistakes& mistakes) {
  json_fields fields{value, path, mistakes};
  tenant_secret secret;
  if (auto sealed = fields.text("sealed", sealed_rule))
    secret = {form::sealed, *std::move(sealed)};
  else if (fields.flag("set") == true)
    secret = {form::kept};
  else
    fields.refuse_object(R"(must be the secret, or {"set":true} where it stays what it was)");
  fields.refuse_unknown();
  return secret;
}

tenant_secret read_secret(const rapidjson::Value& value, const std::string& path, json_mistakes& mistakes,
                          const text_rule& rule = word_rule) {
  if (value.IsObject()) return read_object(value, path, mistakes);
  auto text = read_text(value, path, rule, mistakes);
  return text ? tenant_secret{form::plain, *std::move(text)} : tenant_secret{};
}

tenant_secret read_tokens(json_fields& twilio, json_mistakes& mistakes) {
  const auto* const value = twilio.any("authTokens");
  if (value == nullptr) {
    twilio.refuse("authTokens", "is missing");
    return {};
  }
  if (value->IsObject()) return read_object(*value, twilio.path_of("authTokens"), mistakes);
  std::string all;
  twilio.list("authTokens", max_auth_tokens, [&](const rapidjson::Value& item, const std::string& path) {
    if (const auto token = read_text(item, path, token_rule, mistakes))
      all.append(all.empty() ? "" : ",").append(*token);
  });
  if (all.empty()) twilio.refuse("authTokens", "must be a list of at least one token");
  return {form::plain, std::move(all)};
}

/// Secrets by name.
std::map<std::string, tenant_secret> read_named(json_fields& fields, std::string_view key, std::size_t most,
                                                const text_rule& rule, json_mistakes& mistakes) {
  std::map<std::string, tenant_secret> all;
  fields.map(key, most, [&](std::string_view name, const rapidjson::Value& value, const std::string& path) {
    const rapidjson::Value as_value{rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))};
    auto checked = read_text(as_value, path, tenant_rules::tool_name, mistakes);
    if (checked) all.emplace(*std::move(checked), read_secret(value, path, mistakes, rule));
  });
  return all;
}

void put(json_writer& out, std::string_view name, const tenant_secret& secret) {
  if (secret.is == form::none) return;
  out.open_object(name);
  if (secret.is == form::sealed)
    out.member("sealed", secret.text);
  else
    out.member("set", true);
  out.close_object();
}

void put_named(json_writer& out, std::string_view key, const std::map<std::string, tenant_secret>& all) {
  if (all.empty()) return;
  out.open_object(key);
  for (const auto& [name, secret] : all) put(out, name, secret);
  out.close_object();
}

}  // namespace

tenant_secrets read_secrets(json_fields& of_tenant, json_mistakes& mistakes) {
  tenant_secrets secrets;
  of_tenant.object("secrets", [&](json_fields& fields) {
    fields.object("twilio", [&](json_fields& twilio) {
      secrets.account.value = twilio.required_text("accountSid", account_rule);
      secrets.auth_tokens = read_tokens(twilio, mistakes);
    });
    fields.object("elevenLabs", [&](json_fields& vendor) {
      if (const auto* const key = vendor.any("apiKey"))
        secrets.api_key = read_secret(*key, vendor.path_of("apiKey"), mistakes);
      else
        vendor.refuse("apiKey", "is missing");
    });
    secrets.tool_keys = read_named(fields, "toolKeys", tenant_rules::max_tools, word_rule, mistakes);
    secrets.webhooks = read_named(fields, "webhooks", tenant_rules::max_webhooks, webhook_rule, mistakes);
  });
  return secrets;
}

void put_secrets(json_writer& out, const tenant_secrets& secrets) {
  if (secrets == tenant_secrets{}) return;
  out.open_object("secrets");
  if (!secrets.account.empty()) {
    out.open_object("twilio");
    out.member("accountSid", secrets.account.value);
    put(out, "authTokens", secrets.auth_tokens);
    out.close_object();
  }
  if (secrets.api_key.is != form::none) {
    out.open_object("elevenLabs");
    put(out, "apiKey", secrets.api_key);
    out.close_object();
  }
  put_named(out, "toolKeys", secrets.tool_keys);
  put_named(out, "webhooks", secrets.webhooks);
  out.close_object();
}

}  // namespace tonris::model
