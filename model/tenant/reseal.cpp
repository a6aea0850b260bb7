#include "model/tenant/reseal.hpp"

#include <algorithm>
#include <utility>

namespace tonris::model {

namespace {

template <class Visit>
void each_sealed(const tenant_secrets& secrets, Visit visit) {
  const auto look = [&](const tenant_secret& one) {
    if (one.is == tenant_secret::form::sealed) visit(one.text);
  };
  look(secrets.auth_tokens);
  look(secrets.api_key);
  for (const auto& [name, key] : secrets.tool_keys) look(key);
  for (const auto& [name, key] : secrets.webhooks) look(key);
}

std::size_t outdated(const tenant_secrets& secrets, const field_seal& with) {
  std::size_t count = 0;
  each_sealed(secrets, [&](const std::string& text) { count += with.is_outdated(text) ? 1U : 0U; });
  return count;
}

}  // namespace

resealed reseal_secrets(tenant_secrets& secrets, const tenant_id& whose, const field_seal& with,
                        const std::function<aead_nonce()>& fresh) {
  resealed done;
  const auto before = outdated(secrets, with);
  auto anew = secrets;
  done.missing = open_secrets(anew, whose, with);
  if (before == 0 || !seal_secrets(anew, whose, with, fresh)) return done;
  done.changed = before - outdated(anew, with);
  if (done.changed > 0) secrets = std::move(anew);
  return done;
}

std::vector<std::string> sealing_keys_of(const tenant_secrets& secrets) {
  std::vector<std::string> names;
  each_sealed(secrets, [&](const std::string& text) {
    if (std::string name{key_name_of(text)}; std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  });
  return names;
}

}  // namespace tonris::model
