#include "model/tenant/change.hpp"

#include "model/tenant/status.hpp"

namespace tonris::model {

namespace {

bool keeps_terms(const tenant& before, const tenant& now) {
  return before.status == now.status && before.phone_number == now.phone_number && before.numbers == now.numbers &&
         before.limits == now.limits;
}

}  // namespace

std::optional<change_refusal> refused_change(const tenant* former, const tenant& now, bool may_change_terms) {
  if (former && former->id != now.id) return change_refusal::another_id;
  if (!may_change_terms && !(former && keeps_terms(*former, now))) return change_refusal::terms;
  if (former && !may_become(former->status, now.status)) return change_refusal::status;
  return std::nullopt;
}

/// The gateway's key is shared by rules of its own.
void refuse_limit_without_key(const tenant& t, json_mistakes& mistakes) {
  if (t.limits.vendor_calls && t.secrets.api_key.is == tenant_secret::form::none)
    note(mistakes, "settings.limits.vendorCalls", "needs secrets.elevenLabs, a key of the tenant's own");
}

}  // namespace tonris::model
