#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/runtime/message.hpp"
#include "actors/store/tenant_rows.hpp"

/// What is asked of the tenant store, whatever it is kept in. An error as the answer: the store cannot say, or nobody
/// knows whether it was done.
namespace tonris::actors {

struct tenant_wanted {
  std::string number{};  ///< in its meeting form; "": by id
  model::tenant_id id{};
  std::string known_etag{};  ///< of what the asker has
};
struct look_up_tenants {  // -> looked_up_tenants
  using travels = in_process;
  std::vector<tenant_wanted> wanted;
};
struct looked_up_tenant {
  enum class outcome : std::uint8_t { nobody, unchanged, found } is = outcome::nobody;
  stored_tenant tenant{};  ///< unchanged: id and etag alone
};
struct looked_up_tenants {
  using travels = in_process;
  std::vector<looked_up_tenant> found;  ///< in the order in which they were wanted
  bool is_whole = true;                 ///< false: the store has lost tenants, so that `nobody` is not to be believed
};

struct write_tenants {  // -> tenants_written; at most max_tenant_page
  using travels = in_process;
  std::vector<tenant_write> writes;
};
struct tenants_written {
  using travels = in_process;
  std::vector<tenant_written> answers;  ///< in order
};
struct erase_tenant {  // -> tenants_written, of one
  using travels = in_process;
  model::tenant_id id;
  std::string want;  ///< an ETag, or "*"
};
struct read_tenant_page {  // -> tenant_page_read
  using travels = in_process;
  model::tenant_id after;
  std::size_t most = 0;  ///< max_tenant_page at most
};
struct tenant_page_read {
  using travels = in_process;
  tenant_page page;
};
struct read_imported_tenants {  // -> imported_tenants
  using travels = in_process;
};
struct imported_tenants {
  using travels = in_process;
  std::unordered_map<model::tenant_id, std::string> digests;  ///< of those that TENANTS_FILE has brought
};

// --- what is kept of numbers at Twilio, for the way back: apart from the tenants, which may go meanwhile
struct keep_of_number {  // -> number_kept
  using travels = in_process;
  std::string number;  ///< in its meeting form
  std::string json;    ///< model::twilio::kept_handlers; "": nothing is kept any more
};
struct number_kept {
  using travels = in_process;
};
struct read_kept_of_number {  // -> kept_of_number
  using travels = in_process;
  std::string number;  ///< in its meeting form
};
struct kept_of_number {
  using travels = in_process;
  std::string json;  ///< "": nothing
};

/// An operator says that a store which had lost its tenants has all of them again.
struct declare_whole {  // -> declared_whole
  using travels = in_process;
};
struct declared_whole {
  using travels = in_process;
};

// --- what a store tells whoever watches it
struct tenant_store_began {  ///< a new life: what was read before is to be verified
  using travels = in_process;
  /// False: changes are not heard of, until another life begins. Whatever is read may be old at once.
  bool announces = true;
  using number_list = std::vector<std::pair<std::string, model::tenant_id>>;
  /// Every number there is; null: the store has others' changes to tell, and is asked for each number.
  std::shared_ptr<const number_list> numbers;
  std::string believed{};  ///< of a shared store: the generation of the data, while no tenant of it is lost; else ""
};
struct tenants_changed {
  using travels = in_process;
  std::vector<tenant_change> changes;
};
using tenant_watcher = caf::typed_actor<caf::reacts_to<tenant_store_began>, caf::reacts_to<tenants_changed>>;
struct watch_tenants {  ///< until the watcher ends
  using travels = in_process;
  tenant_watcher watcher;
};

using tenant_store = caf::typed_actor<
    caf::replies_to<look_up_tenants>::with<looked_up_tenants>, caf::replies_to<write_tenants>::with<tenants_written>,
    caf::replies_to<erase_tenant>::with<tenants_written>, caf::replies_to<read_tenant_page>::with<tenant_page_read>,
    caf::replies_to<read_imported_tenants>::with<imported_tenants>, caf::replies_to<keep_of_number>::with<number_kept>,
    caf::replies_to<read_kept_of_number>::with<kept_of_number>, caf::replies_to<declare_whole>::with<declared_whole>,
    caf::reacts_to<watch_tenants>>;

}  // namespace tonris::actors
