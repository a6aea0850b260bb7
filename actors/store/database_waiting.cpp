/// Calls whose records are due and wait until Twilio has deleted what it keeps of theirs.
#include <iterator>
#include <string>
#include <vector>

#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/finding/call_cursor.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;
using std::chrono::days;

constexpr std::int64_t waits_a_step = 100;

/// Calls that wait, with their rows and their tenants' days; without a row where they are not listed.
constexpr const char* waits_behind =
    "SELECT call_sid, calls.id, coalesce(days, ?3) FROM waiting LEFT JOIN calls USING (call_sid)"
    " LEFT JOIN retention ON retention.tenant = calls.tenant WHERE call_sid > ?1 ORDER BY call_sid LIMIT ?2";

}  // namespace

sqlite::result<void> database_rows::note_waiting(sqlite::database& db, const std::vector<model::call_sid>& calls,
                                                 call_database::time since) {
  if (calls.empty()) return {};
  auto all = sqlite::transaction::begin(db);
  if (!all) return tl::unexpected(all.error());
  auto put = db.prepare("INSERT OR IGNORE INTO waiting VALUES (?, ?)");
  if (!put) return tl::unexpected(put.error());
  for (const auto& call : calls)
    if (auto done = put->bind(1, call.value).bind(2, in_ms(since)).run(); !done) return done;
  return all->commit();
}

sqlite::result<std::int64_t> database_rows::drop_early_waits(sqlite::database& db, call_database::time as_of,
                                                             std::string& seen_upto) {
  std::vector<model::call_sid> early;
  {
    auto rows = db.prepare(waits_behind);
    if (!rows) return tl::unexpected(rows.error());
    rows->bind(1, seen_upto).bind(2, waits_a_step).bind(3, std::int64_t{call_database::kept_for.count()});
    std::int64_t seen = 0;
    std::string last;
    auto row = rows->step();
    for (; row && *row; row = rows->step(), ++seen) {
      last = rows->text(0);
      const auto due_until = model::least_number_at(in_ms(as_of - days{rows->integer(2)}));
      const auto number = rows->integer(1);
      if (number == 0 || number >= due_until) early.push_back({last});
    }
    if (!row) return tl::unexpected(row.error());
    seen_upto = seen < waits_a_step ? std::string{} : last;
  }
  if (early.empty()) return 0;
  auto all = sqlite::transaction::begin(db);
  if (!all) return tl::unexpected(all.error());
  for (const auto& call : early)
    if (auto done = run_for(db, drop_waiting, call); !done) return tl::unexpected(done.error());
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  return std::ssize(early);
}

}  // namespace tonris::actors
