#include "actors/store/notice_database.hpp"

#include <algorithm>
#include <array>

#include "actors/store/prune_pace.hpp"

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using std::chrono::milliseconds;
using time = notice_database::time;
using notice = notice_database::notice;
template <class T>
using result = sqlite::result<T>;

constexpr std::array migrations{R"(
CREATE TABLE notices (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL,
                      webhook TEXT NOT NULL, event TEXT NOT NULL, call_sid TEXT NOT NULL, queued_at INTEGER NOT NULL,
                      due_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, first_attempt_at INTEGER,
                      last_attempt_at INTEGER, last_status INTEGER NOT NULL DEFAULT 0,
                      last_error TEXT NOT NULL DEFAULT '', dead_at INTEGER, body TEXT NOT NULL);
CREATE INDEX notices_due ON notices (tenant, webhook, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notices_of_call ON notices (tenant, webhook, call_sid, seq) WHERE dead_at IS NULL;
CREATE INDEX notices_waiting ON notices (tenant, seq) WHERE dead_at IS NULL;
CREATE INDEX notices_dead ON notices (tenant, seq) WHERE dead_at IS NOT NULL;
CREATE INDEX notices_dead_by_age ON notices (dead_at) WHERE dead_at IS NOT NULL;
)",
                                "CREATE INDEX notices_of_any_call ON notices (call_sid)"};

constexpr std::string_view without_body =
    "SELECT seq, id, tenant, webhook, event, call_sid, queued_at, coalesce(due_at, -1), attempts,"
    " coalesce(first_attempt_at, -1), coalesce(last_attempt_at, -1), last_status, last_error, coalesce(dead_at, -1)";

std::int64_t in_ms(time at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

std::optional<time> from_ms(std::int64_t ms) {
  if (ms < 0) return std::nullopt;
  return time{milliseconds{ms}};
}

notice row_of(const sqlite::statement& rows) {
  notice found;
  found.seq = rows.integer(0);
  found.id = rows.text(1);
  found.to = {std::string{rows.text(2)}, std::string{rows.text(3)}};
  found.event = rows.text(4);
  found.call = rows.text(5);
  found.queued = from_ms(rows.integer(6)).value_or(time{});
  found.due = from_ms(rows.integer(7));
  found.attempts = static_cast<unsigned>(rows.integer(8));
  found.first_attempt = from_ms(rows.integer(9));
  found.last_attempt = from_ms(rows.integer(10));
  found.last_status = static_cast<unsigned>(rows.integer(11));
  found.last_error = rows.text(12);
  found.dead = from_ms(rows.integer(13));
  return found;
}

}  // namespace

tl::expected<notice_database, unusable_database> notice_database::open(const std::string& data_dir, bounds within) {
  auto db = private_database{"The store of notices", path_in(data_dir, "notices.db"), migrations}.open();
  if (!db) return tl::unexpected(std::move(db.error()));
  notice_database opened(std::move(*db), within);
  if (const auto counted = opened.recount(); !counted)
    return tl::unexpected(unusable_database{"The store of notices cannot be read: " + counted.error().line, true});
  return opened;
}

result<void> notice_database::recount() {
  of_tenant_.clear();
  all_ = 0;
  auto rows = db_.prepare("SELECT tenant, count(*) FROM notices GROUP BY tenant");
  if (!rows) return tl::unexpected(rows.error());
  auto row = rows->step();
  for (; row && *row; row = rows->step()) all_ += of_tenant_[std::string{rows->text(0)}] = rows->integer(1);
  if (!row) return tl::unexpected(row.error());
  return {};
}

// --- in

result<notice_database::added> notice_database::add(std::span<const notice> what) {
  auto done = add_all(what);
  if (!done) (void)recount();  // it is undone
  return done;
}

result<notice_database::added> notice_database::add_all(std::span<const notice> what) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  added so_far;
  for (const auto& one : what) {
    const auto fresh = insert(one);
    if (!fresh) return tl::unexpected(fresh.error());
    if (!*fresh) continue;
    ++so_far.fresh;
    ++of_tenant_[one.to.tenant];
    ++all_;
    const auto dropped = make_room(one.to.tenant, one.queued);
    if (!dropped) return tl::unexpected(dropped.error());
    so_far.dropped += *dropped;
  }
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  return so_far;
}

/// Due at once, if no other of that call waits for that webhook.
result<bool> notice_database::insert(const notice& what) {
  auto put = db_.prepare(
      "INSERT OR IGNORE INTO notices (id, tenant, webhook, event, call_sid, queued_at, due_at, body)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE WHEN EXISTS (SELECT 1 FROM notices WHERE tenant = ?2 AND webhook = ?3"
      " AND call_sid = ?5 AND dead_at IS NULL) THEN NULL ELSE ?6 END, ?7)");
  if (!put) return tl::unexpected(put.error());
  put->bind(1, what.id).bind(2, what.to.tenant).bind(3, what.to.name).bind(4, what.event).bind(5, what.call);
  put->bind(6, in_ms(what.queued)).bind(7, what.body);
  if (auto done = put->run(); !done) return tl::unexpected(done.error());
  return db_.changed_rows() > 0;
}

result<std::int64_t> notice_database::make_room(const std::string& tenant, time now) {
  std::int64_t dropped = 0;
  for (; of_tenant_[tenant] > bounds_.of_a_tenant; ++dropped)
    if (auto done = drop_oldest(tenant, now); !done) return tl::unexpected(done.error());
  for (; all_ > bounds_.all; ++dropped) {
    const auto largest = std::max_element(of_tenant_.begin(), of_tenant_.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    if (auto done = drop_oldest(std::string{largest->first}, now); !done) return tl::unexpected(done.error());
  }
  return dropped;
}

result<void> notice_database::drop_oldest(const std::string& tenant, time now) {
  std::optional<notice> oldest;
  for (const std::string_view of : {"dead_at IS NOT NULL", "dead_at IS NULL"}) {
    auto rows = db_.prepare(std::string{without_body} + " FROM notices WHERE tenant = ?1 AND " + std::string{of} +
                            " ORDER BY seq LIMIT 1");
    if (!rows) return tl::unexpected(rows.error());
    const auto row = rows->bind(1, tenant).step();
    if (!row) return tl::unexpected(row.error());
    if (*row) oldest = row_of(*rows);
    if (oldest) break;
  }
  if (!oldest) return recount();
  if (auto done = erase(oldest->seq, tenant); !done) return done;
  return oldest->dead ? result<void>{} : release_next(oldest->to, oldest->call, now);
}

result<void> notice_database::erase(std::int64_t seq, const std::string& tenant) {
  auto gone = db_.prepare("DELETE FROM notices WHERE seq = ?1");
  if (!gone) return tl::unexpected(gone.error());
  if (auto done = gone->bind(1, seq).run(); !done) return done;
  const auto gone_rows = db_.changed_rows();
  all_ -= gone_rows;
  const auto here = of_tenant_.find(tenant);
  if (here != of_tenant_.end() && (here->second -= gone_rows) <= 0) of_tenant_.erase(here);
  return {};
}

/// The first of a call that waits is due.
result<void> notice_database::release_next(const model::webhook_endpoint& of, std::string_view call, time now) {
  auto next = db_.prepare(
      "UPDATE notices SET due_at = ?4 WHERE due_at IS NULL AND seq = (SELECT min(seq) FROM notices"
      " WHERE tenant = ?1 AND webhook = ?2 AND call_sid = ?3 AND dead_at IS NULL)");
  if (!next) return tl::unexpected(next.error());
  return next->bind(1, of.tenant).bind(2, of.name).bind(3, call).bind(4, in_ms(now)).run();
}

// --- out

result<std::vector<std::pair<model::webhook_endpoint, time>>> notice_database::schedule() {
  auto rows =
      db_.prepare("SELECT tenant, webhook, min(due_at) FROM notices WHERE due_at IS NOT NULL GROUP BY tenant, webhook");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<std::pair<model::webhook_endpoint, time>> found;
  auto row = rows->step();
  for (; row && *row; row = rows->step())
    found.emplace_back(model::webhook_endpoint{std::string{rows->text(0)}, std::string{rows->text(1)}},
                       time{milliseconds{rows->integer(2)}});
  if (!row) return tl::unexpected(row.error());
  return found;
}

result<std::optional<time>> notice_database::next_time(const model::webhook_endpoint& of) {
  auto rows = db_.prepare(
      "SELECT coalesce(min(due_at), -1) FROM notices WHERE tenant = ?1 AND webhook = ?2 AND due_at IS NOT NULL");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, of.tenant).bind(2, of.name).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? from_ms(rows->integer(0)) : std::nullopt;
}

result<std::optional<notice>> notice_database::next_due(const model::webhook_endpoint& of, time now) {
  auto rows = db_.prepare(std::string{without_body} +
                          ", body FROM notices WHERE tenant = ?1 AND webhook = ?2 AND due_at IS NOT NULL"
                          " AND due_at <= ?3 ORDER BY due_at, seq LIMIT 1");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, of.tenant).bind(2, of.name).bind(3, in_ms(now)).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  auto found = row_of(*rows);
  found.body = rows->text(14);
  return found;
}

result<void> notice_database::put_off(const notice& what, const attempt& last, time until) {
  auto row = db_.prepare(
      "UPDATE notices SET due_at = ?2, attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, ?3),"
      " last_attempt_at = ?3, last_status = ?4, last_error = ?5 WHERE seq = ?1 AND dead_at IS NULL");
  if (!row) return tl::unexpected(row.error());
  row->bind(1, what.seq).bind(2, in_ms(until)).bind(3, in_ms(last.at));
  return row->bind(4, std::int64_t{last.status}).bind(5, last.error).run();
}

result<void> notice_database::delivered(const notice& what, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto done = erase(what.seq, what.to.tenant);
  if (done) done = release_next(what.to, what.call, now);
  if (done) done = all->commit();
  if (!done) (void)recount();
  return done;
}

result<void> notice_database::give_up(const notice& what, const attempt& last) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto row = db_.prepare(
      "UPDATE notices SET due_at = NULL, dead_at = ?2, attempts = attempts + 1,"
      " first_attempt_at = coalesce(first_attempt_at, ?2), last_attempt_at = ?2, last_status = ?3, last_error = ?4"
      " WHERE seq = ?1");
  if (!row) return tl::unexpected(row.error());
  row->bind(1, what.seq).bind(2, in_ms(last.at)).bind(3, std::int64_t{last.status}).bind(4, last.error);
  if (auto done = row->run(); !done) return done;
  if (auto done = release_next(what.to, what.call, last.at); !done) return done;
  return all->commit();
}

// --- for people

result<std::optional<notice>> notice_database::redeliver(std::string_view tenant, std::string_view id, time now) {
  auto row = db_.prepare(
      "UPDATE notices SET dead_at = NULL, attempts = 0, first_attempt_at = NULL, due_at = CASE WHEN EXISTS"
      " (SELECT 1 FROM notices AS earlier WHERE earlier.tenant = notices.tenant AND earlier.webhook = notices.webhook"
      "  AND earlier.call_sid = notices.call_sid AND earlier.dead_at IS NULL AND earlier.seq < notices.seq)"
      " THEN NULL ELSE ?3 END WHERE id = ?1 AND tenant = ?2");
  if (!row) return tl::unexpected(row.error());
  if (auto done = row->bind(1, id).bind(2, tenant).bind(3, in_ms(now)).run(); !done)
    return tl::unexpected(done.error());
  if (db_.changed_rows() == 0) return std::nullopt;
  auto rows = db_.prepare(std::string{without_body} + " FROM notices WHERE id = ?1");
  if (!rows) return tl::unexpected(rows.error());
  const auto found = rows->bind(1, id).step();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::nullopt;
  return row_of(*rows);
}

result<std::vector<notice>> notice_database::list(std::string_view tenant, state is, std::int64_t before,
                                                  std::size_t limit) {
  auto rows =
      db_.prepare(std::string{without_body} + " FROM notices WHERE tenant = ?1 AND dead_at IS " +
                  (is == state::dead ? "NOT NULL" : "NULL") + " AND (?2 = 0 OR seq < ?2) ORDER BY seq DESC LIMIT ?3");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, tenant).bind(2, before).bind(3, static_cast<std::int64_t>(limit));
  std::vector<notice> found;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) found.push_back(row_of(*rows));
  if (!row) return tl::unexpected(row.error());
  return found;
}

result<void> notice_database::forget(std::span<const model::call_sid> calls) {
  auto gone = db_.prepare("DELETE FROM notices WHERE call_sid = ?1");
  if (!gone) return tl::unexpected(gone.error());
  for (const auto& call : calls)
    if (auto done = gone->bind(1, call.value).run(); !done) return done;
  if (auto counted = recount(); !counted) return counted;
  return db_.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

result<notice_database::counts> notice_database::count() {
  const auto dead = db_.read_number("SELECT count(*) FROM notices WHERE dead_at IS NOT NULL");
  if (!dead) return tl::unexpected(dead.error());
  return counts{all_ - *dead, *dead};
}

result<void> notice_database::prune(time now) {
  auto done =
      db_.exec("DELETE FROM notices WHERE seq IN (SELECT seq FROM notices WHERE dead_at IS NOT NULL AND dead_at < " +
               std::to_string(in_ms(now - dead_kept_for)) + " ORDER BY dead_at" +
               prune_limit("notices WHERE dead_at IS NOT NULL") + ")");
  if (done && db_.changed_rows() > 0) done = recount();
  return done;
}

}  // namespace tonris::actors
