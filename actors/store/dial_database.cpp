#include "actors/store/dial_database.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>

#include "model/outbound/dial_json.hpp"

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using std::chrono::milliseconds;
using time = dial_database::time;

constexpr std::array migrations{R"(
CREATE TABLE dials (ticket TEXT PRIMARY KEY, began_at INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX dials_by_age ON dials (began_at);
CREATE TABLE attempts (tenant TEXT PRIMARY KEY, day INTEGER NOT NULL, day_until INTEGER NOT NULL,
                       minute TEXT NOT NULL) WITHOUT ROWID;
)"};

std::int64_t in_ms(time at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

time from_ms(std::int64_t ms) {
  return time{milliseconds{ms}};
}

/// "1764435000123 1764435000456"
std::string in_text(const std::vector<time>& times) {
  std::string text;
  for (const auto at : times) text.append(text.empty() ? "" : " ").append(std::to_string(in_ms(at)));
  return text;
}

/// As many as can be read.
std::vector<time> from_text(std::string_view text) {
  std::vector<time> times;
  const auto* at = text.data();
  const auto* const end = at + text.size();
  while (at < end) {
    std::int64_t ms = 0;
    const auto [behind, error] = std::from_chars(at, end, ms);
    if (error != std::errc{}) break;
    times.push_back(from_ms(ms));
    at = behind + 1;
  }
  return times;
}

}  // namespace

tl::expected<dial_database, unusable_database> dial_database::open(const std::string& data_dir) {
  auto db = private_database{"The store of placed calls", path_in(data_dir, "outbound.db"), migrations, false}.open();
  if (!db) return tl::unexpected(std::move(db.error()));
  return dial_database(std::move(*db));
}

dial_database::result<dial_database::kept> dial_database::load(time now) {
  kept found;
  auto rows = db_.prepare("SELECT json FROM dials WHERE began_at > ?1 ORDER BY began_at DESC LIMIT ?2");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, in_ms(now - model::dials::kept_for)).bind(2, std::int64_t{model::dials::most});
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (auto one = model::parse_dial(rows->text(0)))
      found.dials.push_back(*std::move(one));
    else
      ++found.unreadable;
  }
  if (!row) return tl::unexpected(row.error());
  std::ranges::reverse(found.dials);
  auto tried = db_.prepare("SELECT tenant, day, day_until, minute FROM attempts WHERE day_until > ?1");
  if (!tried) return tl::unexpected(tried.error());
  tried->bind(1, in_ms(now));
  for (row = tried->step(); row && *row; row = tried->step())
    found.tried.push_back({{std::string{tried->text(0)}},
                           from_text(tried->text(3)),
                           static_cast<std::uint32_t>(tried->integer(1)),
                           from_ms(tried->integer(2))});
  if (!row) return tl::unexpected(row.error());
  return found;
}

dial_database::result<void> dial_database::write(const changes& what, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  if (auto done = write_dials(what); !done) return done;
  if (auto done = write_attempts(what); !done) return done;
  const auto old = std::to_string(in_ms(now - model::dials::kept_for)), over = std::to_string(in_ms(now));
  if (auto done = db_.exec("DELETE FROM dials WHERE began_at <= " + old); !done) return done;
  const bool some_are_gone = !what.gone.empty() || db_.changed_rows() > 0;
  if (auto done = db_.exec("DELETE FROM attempts WHERE day_until <= " + over); !done) return done;
  if (auto done = all->commit(); !done || !some_are_gone) return done;
  return db_.exec("PRAGMA wal_checkpoint(TRUNCATE)");  // nothing of them is left there either
}

dial_database::result<void> dial_database::write_dials(const changes& what) {
  auto put = db_.prepare("INSERT OR REPLACE INTO dials (ticket, began_at, json) VALUES (?1, ?2, ?3)");
  if (!put) return tl::unexpected(put.error());
  for (const auto& one : what.dials) {
    const auto json = to_json(one);
    put->bind(1, one.shown_by.value).bind(2, in_ms(one.began_at)).bind(3, json);
    if (auto done = put->run(); !done) return done;
  }
  auto drop = db_.prepare("DELETE FROM dials WHERE ticket = ?1");
  if (!drop) return tl::unexpected(drop.error());
  for (const auto& ticket : what.gone)
    if (auto done = drop->bind(1, ticket.value).run(); !done) return done;
  return {};
}

dial_database::result<void> dial_database::write_attempts(const changes& what) {
  auto put = db_.prepare("INSERT OR REPLACE INTO attempts (tenant, day, day_until, minute) VALUES (?1, ?2, ?3, ?4)");
  if (!put) return tl::unexpected(put.error());
  for (const auto& one : what.tried) {
    const auto minute = in_text(one.minute);
    put->bind(1, one.tenant.value).bind(2, std::int64_t{one.day}).bind(3, in_ms(one.day_until)).bind(4, minute);
    if (auto done = put->run(); !done) return done;
  }
  return {};
}

}  // namespace tonris::actors
