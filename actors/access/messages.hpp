#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/message.hpp"
#include "model/access/api_key.hpp"
#include "model/access/audit.hpp"
#include "model/access/principal.hpp"
#include "model/text/ids.hpp"

/// What is asked of the access registry, and what it asks of its store.
namespace tonris::actors {

// --- of the store: keys as they are kept, and the audit trail
struct find_api_key {  // -> found_api_key
  using travels = in_process;
  std::string id;
};
struct found_api_key {
  using travels = in_process;
  std::optional<model::kept_api_key> key;  ///< none: there is none of that id
};
struct add_api_key {  // -> added_api_key
  using travels = in_process;
  model::kept_api_key key;
  model::audit_entry entry;
};
struct added_api_key {
  using travels = in_process;
  bool too_many = false;  ///< it was not added: the tenant has model::max_api_keys_of_a_tenant
};
struct remove_api_keys {  // -> removed_api_keys
  using travels = in_process;
  model::tenant_id tenant;
  std::string id;  ///< "": all of that tenant's
  model::audit_entry entry;
};
struct removed_api_keys {
  using travels = in_process;
  std::vector<std::string> ids;  ///< none: that tenant has no such key
};
struct mark_api_key_used {
  using travels = in_process;
  std::string id;
  std::chrono::sys_days day;
};
struct list_api_keys {  // -> listed_api_keys
  using travels = in_process;
  model::tenant_id tenant;
};
struct listed_api_keys {
  using travels = in_process;
  std::vector<model::kept_api_key> keys;  ///< the oldest first
};
struct note_change {  // -> change_noted
  using travels = in_process;
  model::audit_entry entry;  ///< without its number; where its time is 0, it is now
  std::string once{};        ///< of one id there is one entry, however often it is told; "": of each that is told
};
struct change_noted {
  using travels = in_process;
};
struct list_audit {  // -> audit_page
  using travels = in_process;
  model::tenant_id tenant;  ///< "": of all
  std::int64_t before = 0;  ///< a page's `next`; 0: the newest
  std::size_t most = 50;    ///< 1 to 200
};
struct audit_page {
  using travels = in_process;
  std::vector<model::audit_entry> entries;  ///< the newest first
  std::int64_t next = 0;                    ///< 0: there is no further page
};
/// What every store of keys answers, whatever it is kept in. An answer that is an error: nobody knows, nothing changed
/// as far as is known.
using access_store =
    caf::typed_actor<caf::replies_to<find_api_key>::with<found_api_key>,
                     caf::replies_to<add_api_key>::with<added_api_key>,
                     caf::replies_to<remove_api_keys>::with<removed_api_keys>, caf::reacts_to<mark_api_key_used>,
                     caf::replies_to<list_api_keys>::with<listed_api_keys>,
                     caf::replies_to<note_change>::with<change_noted>, caf::replies_to<list_audit>::with<audit_page>>;

// --- of the registry
struct check_api_key {  // -> checked_api_key
  using travels = in_process;
  std::string text;  ///< as a client sent it
};
struct checked_api_key {
  using travels = in_process;
  std::optional<model::principal> who;  ///< none: it opens nothing
};
struct create_api_key {  // -> created_api_key
  using travels = in_process;
  model::principal by;
  model::tenant_id tenant;  ///< who is there
  std::string name;
  model::scopes granted;
};
struct created_api_key {
  using travels = in_process;
  enum class outcome : std::uint8_t { created, too_many, no_secrets_key } is = outcome::created;
  std::string text{};         ///< the key itself: nobody can tell it again
  model::kept_api_key key{};  ///< what is kept of it
};
struct revoke_api_keys {  // -> removed_api_keys
  using travels = in_process;
  model::principal by;
  model::tenant_id tenant;
  std::string id;  ///< "": all of that tenant's, for one that goes
};

/// Who may do what: tenants' keys, and what was changed by whom.
using access_registry = caf::typed_actor<
    caf::replies_to<check_api_key>::with<checked_api_key>, caf::replies_to<create_api_key>::with<created_api_key>,
    caf::replies_to<revoke_api_keys>::with<removed_api_keys>, caf::replies_to<list_api_keys>::with<listed_api_keys>,
    caf::replies_to<note_change>::with<change_noted>, caf::replies_to<list_audit>::with<audit_page>>;

}  // namespace tonris::actors
