#include "actors/store/usage_database.hpp"

#include <array>
#include <filesystem>
#include <system_error>

#include "actors/store/private_database.hpp"

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;

constexpr std::array migrations{R"(
CREATE TABLE months (tenant TEXT NOT NULL, month INTEGER NOT NULL, seconds INTEGER NOT NULL,
                     microdollars INTEGER NOT NULL, calls INTEGER NOT NULL, PRIMARY KEY (tenant, month)) WITHOUT ROWID;
CREATE TABLE calls (lease TEXT PRIMARY KEY, seconds INTEGER NOT NULL, microdollars INTEGER NOT NULL,
                    heard_at INTEGER NOT NULL) WITHOUT ROWID;
)",
                                R"(
CREATE TABLE node (only INTEGER PRIMARY KEY CHECK (only = 1), name TEXT NOT NULL, told_to TEXT NOT NULL DEFAULT '');
)"};

std::int64_t seconds_of(usage_database::time at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

int months_before(model::usage_month month, int count) {
  const int all = month.number / 100 * 12 + month.number % 100 - 1 - count;
  return all / 12 * 100 + all % 12 + 1;
}

/// Each row of a query without parameters.
template <class Row>
sqlite::result<void> each_row(sqlite::database& db, const std::string& query, Row row) {
  auto rows = db.prepare(query);
  if (!rows) return tl::unexpected(rows.error());
  while (true) {
    const auto there = rows->step();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return {};
    row(*rows);
  }
}

}  // namespace

tl::expected<usage_database, usage_database::unusable> usage_database::open(const std::string& data_dir) {
  // What was used has to be known while the disk is full, too.
  const private_database file{"The usage store", path_in(data_dir, "usage.db"), migrations, false};
  std::error_code failure;
  const auto size = std::filesystem::file_size(file.path, failure);
  const bool fresh = failure == std::errc::no_such_file_or_directory || (!failure && size == 0);
  auto db = file.open();
  if (!db) return tl::unexpected(unusable{db.error().line, fresh});
  return usage_database(std::move(*db));
}

sqlite::result<usage_snapshot> usage_database::load(time now) {
  const auto month = model::month_of(now);
  // Where nothing can be written, old rows stay, which does no harm.
  (void)db_.exec("DELETE FROM months WHERE month < " + std::to_string(months_before(month, months_kept)));
  (void)db_.exec("DELETE FROM calls WHERE heard_at < " + std::to_string(seconds_of(now - calls_kept)));
  usage_snapshot found;
  auto done = each_row(db_,
                       "SELECT tenant, month, seconds, microdollars, calls FROM months WHERE month >= " +
                           std::to_string(months_before(month, 1)),
                       [&](sqlite::statement& row) {
                         found.months.push_back({{std::string{row.text(0)}},
                                                 {static_cast<int>(row.integer(1))},
                                                 {row.integer(2), row.integer(3), row.integer(4)}});
                       });
  if (done)
    done = each_row(db_, "SELECT lease, seconds, microdollars FROM calls", [&](sqlite::statement& row) {
      found.calls.push_back({{std::string{row.text(0)}}, row.integer(1), row.integer(2)});
    });
  if (!done) return tl::unexpected(done.error());
  return found;
}

sqlite::result<usage_identity> usage_database::identity(const std::string& fresh) {
  auto named = db_.prepare("INSERT OR IGNORE INTO node (only, name) VALUES (1, ?1)");
  if (!named) return tl::unexpected(named.error());
  if (auto done = named->bind(1, fresh).run(); !done) return tl::unexpected(done.error());
  usage_identity found;
  auto done = each_row(db_, "SELECT name, told_to FROM node", [&](sqlite::statement& row) {
    found = {std::string{row.text(0)}, std::string{row.text(1)}};
  });
  if (!done) return tl::unexpected(done.error());
  return found;
}

sqlite::result<void> usage_database::write(const usage_snapshot& what, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto month = db_.prepare("INSERT OR REPLACE INTO months VALUES (?1, ?2, ?3, ?4, ?5)");
  auto call = db_.prepare("INSERT OR REPLACE INTO calls VALUES (?1, ?2, ?3, ?4)");
  auto ended = db_.prepare("DELETE FROM calls WHERE lease = ?1");
  for (const auto* prepared : {&month, &call, &ended})
    if (!*prepared) return tl::unexpected(prepared->error());
  for (const auto& [tenant, of, sums] : what.months) {
    month->bind(1, tenant.value).bind(2, std::int64_t{of.number}).bind(3, sums.seconds).bind(4, sums.microdollars);
    month->bind(5, sums.calls);
    if (auto done = month->run(); !done) return done;
  }
  for (const auto& [lease, seconds, microdollars] : what.calls) {
    call->bind(1, lease.value).bind(2, seconds).bind(3, microdollars).bind(4, seconds_of(now));
    if (auto done = call->run(); !done) return done;
  }
  for (const auto& lease : what.ended)
    if (auto done = ended->bind(1, lease.value).run(); !done) return done;
  if (what.told_to) {
    auto told = db_.prepare("INSERT OR REPLACE INTO node VALUES (1, ?1, ?2)");
    if (!told) return tl::unexpected(told.error());
    if (auto done = told->bind(1, what.told_to->node).bind(2, what.told_to->told_to).run(); !done) return done;
  }
  return all->commit();
}

}  // namespace tonris::actors
