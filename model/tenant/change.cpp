#include "model/tenant/change.hpp"

#include <string>

#include "model/tenant/status.hpp"

namespace tonris::model {

namespace {

bool keeps_terms(const tenant& before, const tenant& now) {
  return before.status == now.status && before.phone_number == now.phone_number && before.numbers == now.numbers &&
         before.limits == now.limits && before.outbound == now.outbound;
}

}  // namespace

std::optional<change_refusal> refused_change(const tenant* former, const tenant& now, bool may_change_terms) {
  if (former && former->id != now.id) return change_refusal::another_id;
  if (!may_change_terms && !(former && keeps_terms(*former, now))) return change_refusal::terms;
  if (former && !may_become(former->status, now.status)) return change_refusal::status;
  return std::nullopt;
}

void refuse_without_secret(const tenant& t, json_mistakes& mistakes) {
  // The gateway's key is shared by rules of its own.
  if (t.limits.vendor_calls && t.secrets.api_key.is == tenant_secret::form::none)
    note(mistakes, "settings.limits.vendorCalls", "needs secrets.elevenLabs, a key of the tenant's own");
  // What is sent unsigned could be anybody's.
  for (std::size_t i = 0; i < t.webhooks.size(); ++i) {
    const auto secret = t.secrets.webhooks.find(t.webhooks[i].name);
    if (!t.webhooks[i].name.empty() &&
        (secret == t.secrets.webhooks.end() || secret->second.is == tenant_secret::form::none))
      note(mistakes, "settings.webhooks[" + std::to_string(i) + "].name", "needs a secret in secrets.webhooks");
  }
}

}  // namespace tonris::model
