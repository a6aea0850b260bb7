#include "actors/tenant/account_tokens.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tonris::actors {

bool is_among(const token_holders& holders, const model::tenant_id& tenant) {
  return holders && std::ranges::binary_search(*holders, tenant);
}

account_holder holder_of(const model::tenant& tenant) {
  return {tenant.id, tenant.secrets.account.value, auth_tokens_of(tenant.secrets)};
}

/// By id, so that what is left out does not depend on who was read first.
account_tokens::table tokens_of(std::vector<account_holder> all) {
  std::ranges::sort(all, {}, &account_holder::tenant);
  std::map<std::string, std::map<std::string, std::vector<model::tenant_id>>> by_token;
  account_tokens::table table;
  for (const auto& [tenant, account, tokens] : all) {
    if (account.empty()) continue;
    for (const auto& token : tokens) {
      auto& known = table[account].tokens;
      if (std::ranges::find(known, token) == known.end()) {
        if (known.size() == account_tokens::max_tokens) continue;
        known.push_back(token);
      }
      auto& holders = by_token[account][token];
      if (holders.empty() || holders.back() != tenant) holders.push_back(tenant);
    }
  }
  for (auto& [account, known] : table)
    for (const auto& token : known.tokens)
      known.holders.push_back(
          std::make_shared<const std::vector<model::tenant_id>>(std::move(by_token[account][token])));
  return table;
}

}  // namespace tonris::actors
