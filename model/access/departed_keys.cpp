#include "model/access/departed_keys.hpp"

#include "model/access/principal.hpp"

namespace tonris::model {

audit_entry keys_gone_with(const tenant_id& tenant, audit_entry::time at) {
  audit_entry entry;
  entry.at = at;
  entry.who = name_of(principal{});
  entry.what = "key.revoke";
  entry.tenant = tenant;
  put_change(R"({"keyId":"all"})", "", entry);
  return entry;
}

}  // namespace tonris::model
