#include "model/tenant/secrets.hpp"

#include <algorithm>
#include <utility>

namespace tonris::model {

namespace {

using form = tenant_secret::form;

/// Each with the name that it is sealed under.
template <class Secrets, class Visit>
void each(Secrets& secrets, Visit visit) {
  visit("twilio.authTokens", secrets.auth_tokens);
  visit("elevenLabs.apiKey", secrets.api_key);
  for (auto& [name, key] : secrets.tool_keys) visit("toolKeys." + name, key);
  for (auto& [name, key] : secrets.webhooks) visit("webhooks." + name, key);
}

void keep(tenant_secret& now, const tenant_secret* before) {
  if (now.is == form::kept) now = before != nullptr ? *before : tenant_secret{};
}

void keep_each(std::map<std::string, tenant_secret>& now, const std::map<std::string, tenant_secret>& before) {
  for (auto& [name, secret] : now) {
    const auto former = before.find(name);
    keep(secret, former == before.end() ? nullptr : &former->second);
  }
  std::erase_if(now, [](const auto& one) { return one.second.is == form::none; });
}

}  // namespace

void keep_former(tenant_secrets& now, const tenant_secrets& before) {
  // Another account's tokens would be none of this one's.
  keep(now.auth_tokens, now.account == before.account ? &before.auth_tokens : nullptr);
  if (now.auth_tokens.is == form::none) now.account = {};
  keep(now.api_key, &before.api_key);
  keep_each(now.tool_keys, before.tool_keys);
  keep_each(now.webhooks, before.webhooks);
}

void hide_secrets(tenant_secrets& secrets) {
  each(secrets, [](std::string_view, tenant_secret& one) {
    if (one.is != form::none) one = {form::kept, {}};
  });
}

bool has_plain(const tenant_secrets& secrets) {
  bool any = false;
  each(secrets, [&](std::string_view, const tenant_secret& one) { any = any || one.is_plain(); });
  return any;
}

bool seal_secrets(tenant_secrets& secrets, const tenant_id& whose, const field_seal& with,
                  const std::function<aead_nonce()>& fresh) {
  auto sealed = secrets;
  bool all = true;
  each(sealed, [&](std::string_view field, tenant_secret& secret) {
    if (!secret.is_plain()) return;
    secret = {form::sealed, with.seal(secret.text, {whose, field}, fresh())};
    all = all && !secret.text.empty();
  });
  if (all) secrets = std::move(sealed);
  return all;
}

std::vector<std::string> open_secrets(tenant_secrets& secrets, const tenant_id& whose, const field_seal& with) {
  std::vector<std::string> missing;
  each(secrets, [&](std::string_view field, tenant_secret& secret) {
    if (secret.is != form::sealed) return;
    if (auto text = with.open(secret.text, {whose, field}))
      secret = {form::plain, *std::move(text)};
    else
      missing.push_back(std::string{field}.append(" (sealed with ").append(key_name_of(secret.text)).append(")"));
  });
  return missing;
}

std::vector<std::string> auth_tokens_of(const tenant_secrets& secrets) {
  std::vector<std::string> tokens;
  if (!secrets.auth_tokens.is_plain()) return tokens;
  for (std::string_view text = secrets.auth_tokens.text; !text.empty();) {
    const auto token = text.substr(0, text.find(','));
    tokens.emplace_back(token);
    text.remove_prefix(std::min(token.size() + 1, text.size()));
  }
  return tokens;
}

}  // namespace tonris::model
