#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "model/admission/table.hpp"
#include "model/text/ids.hpp"
#include "model/usage/month.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// This node among those that share their counts.
struct usage_identity {
  std::string node;     ///< its name, as long as the file lives
  std::string told_to;  ///< the generation of the shared counts that knows its sums; "": none
};

/// What is used of tenants' months, as it was at one moment: sums, and what they hold of calls that go on. Written and
/// read together, so that a call that tells itself again is booked once.
struct usage_snapshot {
  struct month {
    model::tenant_id tenant;
    model::usage_month of;
    model::month_sums sums;
    bool operator==(const month&) const = default;
  };
  struct call {
    model::call_sid lease;
    std::int64_t seconds = 0, microdollars = 0;
    bool operator==(const call&) const = default;
  };
  std::vector<month> months{};
  std::vector<call> calls{};             ///< that go on
  std::vector<model::call_sid> ended{};  ///< of those nothing is to be known any more
  /// Whom the shared counts know by all of this, where their generation is another one now.
  std::optional<usage_identity> told_to{};
  [[nodiscard]] bool empty() const noexcept { return months.empty() && calls.empty() && ended.empty() && !told_to; }
};

/// The usage of months in `usage.db`, beside the call store's file and under its lock. One thread at a time; blocks on
/// the disk.
class usage_database {
 public:
  using time = std::chrono::system_clock::time_point;

  static constexpr int months_kept = 13;
  static constexpr std::chrono::hours calls_kept{48};  ///< of which nothing was heard any more

  struct unusable {
    std::string line;           ///< for the operator
    bool nothing_lost = false;  ///< there was no file yet: whoever begins without it forgets nothing
  };
  /// Makes the file where there is none, for its owner only. The directory has to be there. What a newer version wrote
  /// is left as it is.
  [[nodiscard]] static tl::expected<usage_database, unusable> open(const std::string& data_dir);

  /// The sums of that month and the one before, and all calls. What is older than it is kept for is deleted.
  [[nodiscard]] net::sqlite::result<usage_snapshot> load(time now);
  /// Who this node is; `fresh` is its name from now on where it has none.
  [[nodiscard]] net::sqlite::result<usage_identity> identity(const std::string& fresh);
  /// All of it or nothing. What is there of a month or a call is replaced.
  [[nodiscard]] net::sqlite::result<void> write(const usage_snapshot& what, time now);

 private:
  explicit usage_database(net::sqlite::database db) : db_(std::move(db)) {}
  net::sqlite::database db_;
};

}  // namespace tonris::actors
