#include "actors/tenant/account_tokens.hpp"

namespace tonris::actors {

account_tokens::table tokens_of(const std::vector<model::tenant>& tenants) {
  account_tokens::table all;
  for (const auto& tenant : tenants) {
    auto tokens = auth_tokens_of(tenant.secrets);
    if (tenant.secrets.account.empty() || tokens.empty()) continue;
    auto& holders = all[tenant.secrets.account.value];
    if (holders.size() < account_tokens::max_holders) holders.push_back({tenant.id, std::move(tokens)});
  }
  return all;
}

}  // namespace tonris::actors
