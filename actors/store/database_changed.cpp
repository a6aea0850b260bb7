/// The call database's part in days of whose calls something has come later.
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/usage_report/bill_drift.hpp"

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using std::chrono::sys_days;

}  // namespace

sqlite::result<void> database_rows::note_change(sqlite::database& db, const model::call_record* before,
                                                const model::call_record& now) {
  if (before != nullptr && model::are_billed_alike(*before, now)) return {};
  auto put = db.prepare("INSERT INTO changed_days VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET turn = turn + 1");
  if (!put) return tl::unexpected(put.error());
  const auto day = std::chrono::floor<std::chrono::days>(now.started).time_since_epoch().count();
  if (auto done = put->bind(1, std::int64_t{day}).run(); !done) return done;
  auto drop = db.prepare(
      "DELETE FROM changed_days WHERE day <= (SELECT day FROM changed_days ORDER BY day DESC LIMIT 1 OFFSET ?)");
  if (!drop) return tl::unexpected(drop.error());
  return drop->bind(1, static_cast<std::int64_t>(call_database::most_changed_days)).run();
}

call_database::result<std::vector<call_database::changed_day>> call_database::changed_days(sys_days before) {
  auto rows = db_.prepare("SELECT day, turn FROM changed_days WHERE day < ? ORDER BY day");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, std::int64_t{before.time_since_epoch().count()});
  std::vector<changed_day> days;
  auto row = rows->step();
  for (; row && *row; row = rows->step())
    days.push_back({sys_days{std::chrono::days{rows->integer(0)}}, rows->integer(1)});
  if (!row) return tl::unexpected(row.error());
  return days;
}

call_database::result<void> call_database::changed_days_noted(const std::vector<changed_day>& days) {
  if (days.empty()) return {};
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto drop = db_.prepare("DELETE FROM changed_days WHERE day = ? AND turn = ?");
  if (!drop) return tl::unexpected(drop.error());
  for (const auto& one : days) {
    drop->bind(1, std::int64_t{one.day.time_since_epoch().count()}).bind(2, one.turn);
    if (auto done = drop->run(); !done) return done;
  }
  return all->commit();
}

}  // namespace tonris::actors
