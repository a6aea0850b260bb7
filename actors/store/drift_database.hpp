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
  /// What a clock that was ahead has added makes none go that is younger.
  static constexpr std::int64_t most_days = kept_for.count() + 30;

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
  /// In place of what was kept of that day. Beyond `most_days` the earliest go: by how many there are, since a clock
  /// may be wrong either way. All of it or nothing.
  [[nodiscard]] result<void> keep(const kept_day& what);
  /// These are to be made once more, as far as they are kept: they stand until they are.
  [[nodiscard]] result<void> make_anew(const std::vector<std::chrono::sys_days>& days);
  [[nodiscard]] result<void> make_anew_from(std::chrono::sys_days day);
  [[nodiscard]] result<std::optional<std::chrono::sys_days>> first_to_make_anew(std::chrono::sys_days before);
  /// The first from `from` on and before `to` that was never kept; nothing: all were.
  [[nodiscard]] result<std::optional<std::chrono::sys_days>> first_missing(std::chrono::sys_days from,
                                                                           std::chrono::sys_days to);
  [[nodiscard]] result<std::optional<std::chrono::sys_days>> earliest();  ///< of those that are kept
  /// The last one that was kept, of all or of those before that day; a day without calls too.
  [[nodiscard]] result<std::optional<std::chrono::sys_days>> newest(std::optional<std::chrono::sys_days> before = {});

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
  [[nodiscard]] result<void> forget_oldest();
  [[nodiscard]] result<std::optional<std::chrono::sys_days>> day_by(const char* sql, std::chrono::sys_days of);

  net::sqlite::database db_;
};

[[nodiscard]] std::string_view to_string(drift_database::bill::read_type read) noexcept;  ///< "part", as in JSON

}  // namespace tonris::actors
