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
#include "model/money/reconciliation.hpp"
#include "model/text/ids.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// What our meter and a day's bills said of a tenant's calls, kept in `drift.db`: for longer than the records that it
/// was made of. Of calls that one side alone knows how many there were and for how much, not which. One thread at a
/// time; blocks on the disk.
class drift_database {
 public:
  template <class T>
  using result = net::sqlite::result<T>;
  static constexpr std::chrono::days kept_for{400};

  /// Makes the file where there is none, for its owner only. The directory has to be there.
  [[nodiscard]] static tl::expected<drift_database, unusable_database> open(const std::string& data_dir);

  /// What a vendor's own lists of a day say.
  struct bill {
    enum class read_type : std::uint8_t {
      none,  ///< nobody has read any
      part,
      all,  ///< those of each account, to their ends
    };
    read_type read = read_type::none;
    std::vector<model::drift_row> unknown{};  ///< what is in them and nobody here knows: on the vendor's side alone
    bool operator==(const bill&) const = default;
  };
  struct kept_day {
    std::chrono::sys_days date;  ///< of UTC
    std::vector<model::drift_row> twilio{}, elevenlabs{};
    bill twilio_bill{}, elevenlabs_bill{};
    bool operator==(const kept_day&) const = default;
  };
  /// In place of what was kept of that day. Of what is older than it is kept for the two oldest days go: a clock that
  /// is years ahead must not empty the file. All of it or nothing.
  [[nodiscard]] result<void> keep(const kept_day& what);
  /// What a clock that was ahead has kept of days that are not over: the two newest, since this clock may be behind.
  [[nodiscard]] result<void> forget_from(std::chrono::sys_days day);
  /// The first from `from` on and before `to` that was never kept; nothing: all were.
  [[nodiscard]] result<std::optional<std::chrono::sys_days>> first_missing(std::chrono::sys_days from,
                                                                           std::chrono::sys_days to);
  /// The last one that was kept, a day without calls too.
  [[nodiscard]] result<std::optional<std::chrono::sys_days>> newest();

  struct wanted {
    std::optional<model::tenant_id> tenant;
    std::chrono::sys_days from, to;  ///< before `to`
    std::size_t most_rows = 0;
  };
  struct found {
    std::vector<kept_day> days;  ///< the earliest first; those that were kept, without calls too
    bool is_all = true;          ///< else there are more rows than were wanted
  };
  [[nodiscard]] result<found> days(const wanted& of);

 private:
  explicit drift_database(net::sqlite::database db) : db_(std::move(db)) {}
  [[nodiscard]] result<void> put(const kept_day& what);
  [[nodiscard]] result<void> put_read(const kept_day& what);
  [[nodiscard]] result<void> add_read(found& to);
  [[nodiscard]] result<void> forget_before(std::chrono::sys_days day);

  net::sqlite::database db_;
};

[[nodiscard]] std::string_view to_string(drift_database::bill::read_type read) noexcept;  ///< "part", as in JSON

}  // namespace tonris::actors
