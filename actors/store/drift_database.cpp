#include "actors/store/drift_database.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using std::chrono::sys_days;

constexpr std::array migrations{R"(
CREATE TABLE days (day INTEGER PRIMARY KEY);
CREATE TABLE drift (day INTEGER NOT NULL, vendor TEXT NOT NULL, tenant TEXT NOT NULL, currency TEXT NOT NULL,
                    ours INTEGER NOT NULL, theirs INTEGER NOT NULL, calls INTEGER NOT NULL,
                    only_ours INTEGER NOT NULL, only_ours_amount INTEGER NOT NULL,
                    only_theirs INTEGER NOT NULL, only_theirs_amount INTEGER NOT NULL,
                    PRIMARY KEY (day, vendor, tenant, currency)) WITHOUT ROWID;
)",
                                // anew: it is to be made once more.
                                R"(
ALTER TABLE days ADD COLUMN anew INTEGER NOT NULL DEFAULT 0;
)",
                                // What the vendors' lists have: rows of vendors of their own.
                                R"(
ALTER TABLE drift ADD COLUMN only_ours_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drift ADD COLUMN only_theirs_seconds INTEGER NOT NULL DEFAULT 0;
CREATE TABLE lists (day INTEGER NOT NULL, vendor TEXT NOT NULL, read INTEGER NOT NULL, PRIMARY KEY (day, vendor))
  WITHOUT ROWID;
CREATE TRIGGER lists_of_day AFTER DELETE ON days BEGIN DELETE FROM lists WHERE day = OLD.day; END;
)"};

constexpr std::string_view twilio = "twilio", elevenlabs = "elevenLabs";
constexpr std::string_view unknown_at_twilio = "twilio, unknown", unknown_at_elevenlabs = "elevenLabs, unknown";

std::int64_t number_of(sys_days day) {
  return day.time_since_epoch().count();
}
sys_days day_of(std::int64_t number) {
  return sys_days{std::chrono::days{number}};
}

model::drift_row row_in(const sqlite::statement& found) {
  model::drift_row row;
  row.tenant.value = found.text(2);
  row.in = model::currency::parse(found.text(3)).value_or(model::us_dollars);
  row.ours = found.integer(4);
  row.theirs = found.integer(5);
  row.calls = static_cast<std::size_t>(found.integer(6));
  row.only_ours.count = static_cast<std::size_t>(found.integer(7));
  row.only_ours.amount = found.integer(8);
  row.only_theirs.count = static_cast<std::size_t>(found.integer(9));
  row.only_theirs.amount = found.integer(10);
  row.only_ours.seconds = found.integer(11);
  row.only_theirs.seconds = found.integer(12);
  return row;
}

sqlite::result<void> put_rows(sqlite::statement& put, sys_days day, std::string_view vendor,
                              const std::vector<model::drift_row>& rows) {
  for (const auto& row : rows) {
    put.bind(1, number_of(day)).bind(2, vendor).bind(3, row.tenant.value).bind(4, row.in.code());
    put.bind(5, row.ours).bind(6, row.theirs).bind(7, static_cast<std::int64_t>(row.calls));
    put.bind(8, static_cast<std::int64_t>(row.only_ours.count)).bind(9, row.only_ours.amount);
    put.bind(10, static_cast<std::int64_t>(row.only_theirs.count)).bind(11, row.only_theirs.amount);
    put.bind(12, row.only_ours.seconds).bind(13, row.only_theirs.seconds);
    if (auto done = put.run(); !done) return done;
  }
  return {};
}

sqlite::result<void> run_with(sqlite::database& db, const char* sql, std::int64_t number) {
  auto work = db.prepare(sql);
  if (!work) return tl::unexpected(work.error());
  return work->bind(1, number).run();
}

}  // namespace

tl::expected<drift_database, unusable_database> drift_database::open(const std::string& data_dir) {
  auto db = private_database{"The store of drift", path_in(data_dir, "drift.db"), migrations}.open();
  if (!db) return tl::unexpected(std::move(db.error()));
  return drift_database(std::move(*db));
}

std::string_view to_string(drift_database::bill::read_type read) noexcept {
  using read_type = drift_database::bill::read_type;
  switch (read) {
    case read_type::none: return "none";
    case read_type::part: return "part";
    case read_type::all: return "all";
  }
  return "none";
}

drift_database::result<void> drift_database::keep(const kept_day& what) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  if (auto done = put(what); !done) return done;
  if (auto done = forget_oldest(); !done) return done;
  return all->commit();
}

drift_database::result<void> drift_database::put(const kept_day& what) {
  if (auto done = run_with(db_, "DELETE FROM drift WHERE day = ?", number_of(what.date)); !done) return done;
  if (auto done = run_with(db_, "INSERT INTO days (day, anew) VALUES (?, 0) ON CONFLICT DO UPDATE SET anew = 0",
                           number_of(what.date));
      !done)
    return done;
  auto rows = db_.prepare("INSERT INTO drift VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!rows) return tl::unexpected(rows.error());
  if (auto done = put_rows(*rows, what.date, twilio, what.twilio); !done) return done;
  if (auto done = put_rows(*rows, what.date, elevenlabs, what.elevenlabs); !done) return done;
  if (auto done = put_rows(*rows, what.date, unknown_at_twilio, what.twilio_bill.unknown); !done) return done;
  if (auto done = put_rows(*rows, what.date, unknown_at_elevenlabs, what.elevenlabs_bill.unknown); !done) return done;
  return put_read(what);
}

drift_database::result<void> drift_database::put_read(const kept_day& what) {
  auto put = db_.prepare("INSERT OR REPLACE INTO lists VALUES (?, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  for (const auto& [vendor, of] :
       {std::pair{twilio, &what.twilio_bill}, std::pair{elevenlabs, &what.elevenlabs_bill}}) {
    put->bind(1, number_of(what.date)).bind(2, vendor).bind(3, static_cast<std::int64_t>(of->read));
    if (auto done = put->run(); !done) return done;
  }
  return {};
}

/// Days that were kept before anybody read lists have none.
drift_database::result<void> drift_database::add_read(found& to) {
  auto read = db_.prepare("SELECT read FROM lists WHERE day = ? AND vendor = ?");
  if (!read) return tl::unexpected(read.error());
  for (auto& day : to.days)
    for (const auto& [vendor, of] :
         {std::pair{twilio, &day.twilio_bill}, std::pair{elevenlabs, &day.elevenlabs_bill}}) {
      const auto is = read->bind(1, number_of(day.date)).bind(2, vendor).step();
      if (!is) return tl::unexpected(is.error());
      const auto said = *is ? read->integer(0) : 0;
      if (said == static_cast<std::int64_t>(bill::read_type::part)) of->read = bill::read_type::part;
      if (said == static_cast<std::int64_t>(bill::read_type::all)) of->read = bill::read_type::all;
      read->reset();
    }
  return {};
}

/// By what came behind them, and no clock.
drift_database::result<void> drift_database::forget_oldest() {
  constexpr const char* old_rows =
      "DELETE FROM drift WHERE day <= (SELECT day FROM days ORDER BY day DESC LIMIT 1 OFFSET ?)";
  constexpr const char* old_days =
      "DELETE FROM days WHERE day <= (SELECT day FROM days ORDER BY day DESC LIMIT 1 OFFSET ?)";
  if (auto done = run_with(db_, old_rows, std::int64_t{most_days}); !done) return done;
  return run_with(db_, old_days, std::int64_t{most_days});
}

drift_database::result<void> drift_database::make_anew(const std::vector<sys_days>& days) {
  if (days.empty()) return {};
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto put = db_.prepare("UPDATE days SET anew = 1 WHERE day = ?");
  if (!put) return tl::unexpected(put.error());
  for (const auto day : days)
    if (auto done = put->bind(1, number_of(day)).run(); !done) return done;
  return all->commit();
}

drift_database::result<void> drift_database::make_anew_from(sys_days day) {
  return run_with(db_, "UPDATE days SET anew = 1 WHERE day >= ? AND anew = 0", number_of(day));
}

drift_database::result<std::optional<sys_days>> drift_database::first_to_make_anew(sys_days before) {
  return day_by("SELECT day FROM days WHERE anew = 1 AND day < ? ORDER BY day LIMIT 1", before);
}

drift_database::result<std::optional<sys_days>> drift_database::first_missing(sys_days from, sys_days to) {
  auto kept = db_.prepare("SELECT 1 FROM days WHERE day = ?");
  if (!kept) return tl::unexpected(kept.error());
  for (auto day = from; day < to; day += std::chrono::days{1}) {
    const auto is = kept->bind(1, number_of(day)).step();
    if (!is) return tl::unexpected(is.error());
    if (!*is) return day;
    kept->reset();
  }
  return std::optional<sys_days>{};
}

drift_database::result<std::optional<sys_days>> drift_database::earliest() {
  return day_by("SELECT day FROM days WHERE day >= ? ORDER BY day LIMIT 1", sys_days::min());
}

drift_database::result<std::optional<sys_days>> drift_database::newest(std::optional<sys_days> before) {
  return day_by("SELECT day FROM days WHERE day < ? ORDER BY day DESC LIMIT 1", before.value_or(sys_days::max()));
}

drift_database::result<std::optional<sys_days>> drift_database::day_by(const char* sql, sys_days of) {
  auto day = db_.prepare(sql);
  if (!day) return tl::unexpected(day.error());
  const auto is = day->bind(1, number_of(of)).step();
  if (!is) return tl::unexpected(is.error());
  return *is ? std::optional{day_of(day->integer(0))} : std::nullopt;
}

drift_database::result<drift_database::found> drift_database::days(const wanted& of) {
  // A day's rows, or one without a vendor where it has none.
  auto rows = db_.prepare(
      "SELECT days.day, coalesce(vendor, ''), tenant, currency, ours, theirs, calls, only_ours, only_ours_amount,"
      " only_theirs, only_theirs_amount, only_ours_seconds, only_theirs_seconds FROM days LEFT JOIN drift ON drift.day "
      "= days.day AND (?1 OR tenant = ?2)"
      " WHERE days.day >= ?3 AND days.day < ?4 ORDER BY days.day, vendor, tenant, currency LIMIT ?5");
  if (!rows) return tl::unexpected(rows.error());
  const auto tenant = of.tenant.value_or(model::tenant_id{});
  rows->bind(1, std::int64_t{!of.tenant}).bind(2, tenant.value);
  rows->bind(3, number_of(of.from)).bind(4, number_of(of.to)).bind(5, static_cast<std::int64_t>(of.most_rows) + 1);
  found all;
  std::size_t seen = 0;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (++seen > of.most_rows) {
      all.is_all = false;
      return all;
    }
    const auto date = day_of(rows->integer(0));
    if (all.days.empty() || all.days.back().date != date) all.days.push_back({date});
    if (rows->text(1) == twilio) all.days.back().twilio.push_back(row_in(*rows));
    if (rows->text(1) == elevenlabs) all.days.back().elevenlabs.push_back(row_in(*rows));
    if (rows->text(1) == unknown_at_twilio) all.days.back().twilio_bill.unknown.push_back(row_in(*rows));
    if (rows->text(1) == unknown_at_elevenlabs) all.days.back().elevenlabs_bill.unknown.push_back(row_in(*rows));
  }
  if (!row) return tl::unexpected(row.error());
  if (auto done = add_read(all); !done) return tl::unexpected(done.error());
  return all;
}

}  // namespace tonris::actors
