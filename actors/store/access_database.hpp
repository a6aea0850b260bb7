#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/store/private_database.hpp"
#include "model/access/api_key.hpp"
#include "model/access/audit.hpp"
#include "model/text/ids.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// Tenants' keys and the audit trail, in `DATA_DIR/access.db`. A change and the entry that tells of it are written
/// together or not at all. Whoever has the directory's call store open has this as well: one gateway a directory. One
/// thread at a time; blocks on the disk.
class access_database {
 public:
  using time = std::chrono::system_clock::time_point;
  template <class T>
  using result = net::sqlite::result<T>;

  /// The audit trail keeps the newest entries: so many, of one tenant so many, and so long.
  static constexpr std::int64_t max_entries = 50'000, max_entries_of_a_tenant = max_entries / 10;
  static constexpr std::chrono::days kept_for{400};
  static constexpr std::size_t most_of_a_page = 200;

  [[nodiscard]] static tl::expected<access_database, unusable_database> open(const std::string& data_dir);

  [[nodiscard]] result<std::optional<model::kept_api_key>> key(std::string_view id);
  [[nodiscard]] result<std::vector<model::kept_api_key>> keys_of(const model::tenant_id& tenant);  ///< the oldest first
  [[nodiscard]] result<std::vector<model::tenant_id>> tenants_with_keys();
  /// False, and nothing is written: the tenant has max_api_keys_of_a_tenant.
  [[nodiscard]] result<bool> add_key(const model::kept_api_key& key, const model::audit_entry& entry);
  /// False, and nothing is written: the tenant has no such key.
  [[nodiscard]] result<bool> remove_key(const model::tenant_id& tenant, std::string_view id,
                                        const model::audit_entry& entry);
  /// All of a tenant that goes; their ids. Without one nothing is written.
  [[nodiscard]] result<std::vector<std::string>> remove_keys_of(const model::tenant_id& tenant,
                                                                const model::audit_entry& entry);
  [[nodiscard]] result<void> used(std::string_view id, std::chrono::sys_days day);

  /// `once`: of one id there is one entry; "": of each that is told.
  [[nodiscard]] result<void> note(const model::audit_entry& entry, std::string_view once = {});
  struct audit_page {
    std::vector<model::audit_entry> entries;  ///< the newest first
    std::int64_t next = 0;                    ///< the next page begins before that one; 0: there is none
  };
  /// Of that tenant; "": of all. Those before `before`, or with 0 the newest; `most` from 1 to most_of_a_page.
  [[nodiscard]] result<audit_page> audit(const model::tenant_id& tenant, std::int64_t before, std::size_t most);
  /// Deletes what is older than it is kept for, a tenth of what is there at most: a wall clock that is a year ahead
  /// must not empty it. Once a day.
  [[nodiscard]] result<void> prune(time now);

 private:
  explicit access_database(net::sqlite::database db) : db_(std::move(db)) {}

  net::sqlite::database db_;
};

}  // namespace tonris::actors
