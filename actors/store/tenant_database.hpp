#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/store/private_database.hpp"
#include "actors/store/tenant_rows.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// The tenants of a node that shares them with no other, in `DATA_DIR/tenants.db`. No actor: the tenant store drives
/// it, tonrisctl reads and changes it while no gateway runs. Its user holds the directory's lock (lock_data_dir). One
/// thread at a time; blocks on the disk.
class tenant_database {
 public:
  template <class T>
  using result = net::sqlite::result<T>;

  /// Makes the directory and the tables where there are none. `new_generation`: 32 hex digits, of which the first
  /// opening's stay.
  [[nodiscard]] static tl::expected<tenant_database, unusable_database> open(const std::string& data_dir,
                                                                             std::string_view new_generation);
  [[nodiscard]] static tl::expected<tenant_database, std::string> open_to_read(const std::string& data_dir);
  /// `DATA_DIR/tenant_mirror.db`: copies of tenants that are kept elsewhere. Its generation is that of the data which
  /// they were copied from; "": none yet.
  [[nodiscard]] static tl::expected<tenant_database, unusable_database> open_mirror(const std::string& data_dir);

  /// Of the mirror, for a look at it while the gateway may run or not; "": there is none.
  [[nodiscard]] static std::string mirrored_generation(const std::string& data_dir);

  /// The life of the data: another one after the file was lost.
  [[nodiscard]] const std::string& generation() const noexcept { return generation_; }

  [[nodiscard]] result<std::optional<stored_tenant>> find(const model::tenant_id& id);
  [[nodiscard]] result<std::optional<stored_tenant>> find_by_number(std::string_view number);
  /// By id, those after `after`; at most `most` and max_tenant_page, and max_tenant_page_bytes.
  [[nodiscard]] result<tenant_page> page(const model::tenant_id& after, std::size_t most);
  using number_list = std::vector<std::pair<std::string, model::tenant_id>>;
  [[nodiscard]] result<number_list> numbers();  ///< every one, and whose it is
  using digests = std::unordered_map<model::tenant_id, std::string>;
  [[nodiscard]] result<digests> imported();  ///< of those that TENANTS_FILE has brought

  /// Several changes are one transaction, each decided as if it came alone. `changed` is told of each that was made,
  /// once the transaction has been committed.
  using on_change = std::function<void(const tenant_change& change)>;
  [[nodiscard]] result<std::vector<tenant_written>> write(const std::vector<tenant_write>& writes,
                                                          const on_change& changed);
  [[nodiscard]] result<tenant_written> erase(const model::tenant_id& id, std::string_view want,
                                             const on_change& changed);

  /// What a number was told at Twilio before it was pointed here, by its meeting form; "": nothing is kept of it.
  [[nodiscard]] result<void> keep_of_number(std::string_view number, std::string_view json);
  [[nodiscard]] result<std::string> kept_of_number(std::string_view number);

  // --- of a mirror: as it is in the store, without a change of this file's own
  /// A number that is another copy's passes to this one.
  [[nodiscard]] result<void> put_copy(const stored_tenant& tenant, const std::vector<std::string>& numbers);
  [[nodiscard]] result<void> drop_copy(const model::tenant_id& id);
  [[nodiscard]] result<void> believe(std::string_view generation);

 private:
  explicit tenant_database(net::sqlite::database db) : db_(std::move(db)) {}

  template <class Each, class... Values>
  [[nodiscard]] result<void> rows(const char* sql, Each each, const Values&... values);
  template <class... Values>
  [[nodiscard]] result<void> run(const char* sql, const Values&... values);
  template <class Text, class... Values>
  [[nodiscard]] result<std::vector<Text>> texts(const char* sql, const Values&... values);

  [[nodiscard]] result<void> read_generation();
  [[nodiscard]] result<std::string> etag_of(const model::tenant_id& id);  ///< "": there is none
  [[nodiscard]] result<std::vector<std::string>> numbers_of(const model::tenant_id& id);
  [[nodiscard]] result<std::optional<model::tenant_id>> other_owner(const tenant_write& wanted);
  [[nodiscard]] result<std::uint64_t> next_seq();

  struct numbered_change {
    tenant_written answer;
    std::optional<tenant_change> change;
  };
  [[nodiscard]] result<numbered_change> write_one(const tenant_write& wanted);
  [[nodiscard]] result<void> put_row(const tenant_write& wanted, const tenant_change& change, const std::string& etag);
  [[nodiscard]] result<void> keep_imported(const tenant_write& wanted);

  net::sqlite::database db_;
  std::unordered_map<const char*, net::sqlite::statement> statements_;  // of db_: gone before it
  std::string generation_;
};

}  // namespace tonris::actors
