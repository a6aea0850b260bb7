/// What goes from the call database: because of its age, or because somebody wants it gone.
#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "actors/store/call_list.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/finding/call_cursor.hpp"
#include "model/finding/full_text.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;
using std::chrono::days;

// Events are written about in the order of their times, so the oldest are found at the front without an index.
constexpr const char* prune_events =
    "DELETE FROM events WHERE id IN"
    " (SELECT id FROM (SELECT id, at_ms FROM events ORDER BY id LIMIT ?2) WHERE at_ms < ?1)";
// Of calls that ended. Others are the call supervisor's business, and what nobody can read is dropped at the start.
constexpr const char* prune_checkpoints =
    "DELETE FROM checkpoints WHERE call_sid IN"
    " (SELECT call_sid FROM checkpoints WHERE updated_at < ?1"
    "  AND CASE WHEN json_valid(json) THEN json_extract(json, '$.record.state') END = 'ended' LIMIT ?2)";

constexpr std::int64_t events_a_step = 100, records_a_step = 10, checkpoints_a_step = 50;
constexpr std::int64_t pages_a_merge = 500;

/// Which of a tenant's calls are due, and of all others' (?1, "": the standard).
constexpr const char* due_of_others =
    "SELECT call_sid FROM calls WHERE id < ?1 AND tenant NOT IN (SELECT tenant FROM retention) ORDER BY id LIMIT ?2";
constexpr const char* due_of_tenant = "SELECT call_sid FROM calls WHERE id < ?1 AND tenant = ?3 ORDER BY id LIMIT ?2";
constexpr const char* due_words =
    "SELECT call_sid FROM calls WHERE id < ?1 AND tenant = ?3 AND has_words = 1 ORDER BY id LIMIT ?2";

sqlite::result<std::vector<model::call_sid>> calls_in(sqlite::statement& rows) {
  const auto sids = sqlite::first_column(rows);
  if (!sids) return tl::unexpected(sids.error());
  std::vector<model::call_sid> calls;
  for (const auto& sid : *sids) calls.push_back({sid});
  return calls;
}

sqlite::result<std::vector<model::call_sid>> due_calls(sqlite::database& db, const char* sql,
                                                       call_database::time before, std::int64_t most,
                                                       const std::string& tenant = {}) {
  auto rows = db.prepare(sql);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, model::least_number_at(in_ms(before))).bind(2, most);
  if (!tenant.empty()) rows->bind(3, tenant);
  return calls_in(*rows);
}

constexpr const char* drop_record = "DELETE FROM records WHERE call_sid = ?";
constexpr const char* drop_unlisted = "DELETE FROM unlisted WHERE call_sid = ?";
constexpr const char* drop_unsent = "DELETE FROM outbox WHERE call_sid = ? AND gone = 0";
constexpr const char* drop_held = "DELETE FROM held WHERE call_sid = ?";
constexpr const char* drop_events = "DELETE FROM events WHERE call_sid = ?";
constexpr const char* drop_checkpoint = "DELETE FROM checkpoints WHERE call_sid = ?";
constexpr const char* prune_gone =
    "DELETE FROM gone WHERE call_sid IN (SELECT call_sid FROM gone WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)";

sqlite::result<void> erase(sqlite::database& db, const std::vector<model::call_sid>& calls,
                           std::initializer_list<const char*> what) {
  if (calls.empty()) return {};
  auto all = sqlite::transaction::begin(db);
  if (!all) return tl::unexpected(all.error());
  for (const auto& call : calls) {
    auto done = call_list::remove(db, call);
    for (const auto* sql : what)
      if (done) done = run_for(db, sql, call);
    if (!done) return done;
  }
  if (auto noted = note_unmerged(db); !noted) return noted;
  return all->commit();
}

sqlite::result<void> strip_words(sqlite::database& db, const model::call_sid& call) {
  const auto json = text_of(db, select_record, call);
  if (!json) return tl::unexpected(json.error());
  const auto record = model::parse_call_record(*json);
  if (!record) return {};
  const auto silent = model::without_words(*record);
  auto put = db.prepare("UPDATE records SET json = ? WHERE call_sid = ?");
  if (!put) return tl::unexpected(put.error());
  const auto text = to_json(silent);
  auto done = put->bind(1, text).bind(2, call.value).run();
  if (done) done = call_list::put(db, silent);
  if (done) done = run_for(db, "DELETE FROM events WHERE call_sid = ? AND what IN ('agent_said', 'caller_said')", call);
  return done;
}

}  // namespace

sqlite::result<void> database_rows::erase_record(sqlite::database& db, const model::call_sid& call) {
  auto done = call_list::remove(db, call);
  for (const auto* sql : {drop_record, drop_unlisted, drop_unsent, drop_events, drop_held})
    if (done) done = run_for(db, sql, call);
  return done;
}

sqlite::result<void> database_rows::note_unmerged(sqlite::database& db) {
  return db.exec("INSERT OR IGNORE INTO unmerged VALUES (1)");
}

// --- because of its age

call_database::result<call_database::allowance> call_database::plausible_part() {
  const auto records = db_.read_number("SELECT count(*) FROM records");
  if (!records) return tl::unexpected(records.error());
  // By their numbers, which are given in turn: counting millions would take a while.
  const auto events = db_.read_number("SELECT coalesce(max(id) - min(id) + 1, 0) FROM events");
  if (!events) return tl::unexpected(events.error());
  const auto part = [](std::int64_t of) { return (of + daily_parts - 1) / daily_parts; };
  return allowance{part(*events), part(*records), false};
}

call_database::result<bool> call_database::prune(time now, allowance& left) {
  const auto events = run_bounded(prune_events, now - kept_for, std::min(events_a_step, left.events));
  if (!events) return tl::unexpected(events.error());
  left.events -= *events;
  const auto checkpoints =
      run_bounded(prune_checkpoints, now - ended_kept_for, left.checkpoints ? checkpoints_a_step : 0);
  if (!checkpoints) return tl::unexpected(checkpoints.error());
  const auto records = prune_records(now, std::min(records_a_step, left.records));
  if (!records) return tl::unexpected(records.error());
  left.records -= *records;
  const auto words = prune_words(now);
  if (!words) return tl::unexpected(words.error());
  const auto gone = run_bounded(prune_gone, now - gone_kept_for, records_a_step);
  if (!gone) return tl::unexpected(gone.error());
  return *events + *checkpoints + *records + *words + *gone > 0;
}

call_database::result<std::int64_t> call_database::run_bounded(const char* sql, time older_than, std::int64_t most) {
  auto prepared = db_.prepare(sql);
  if (!prepared) return tl::unexpected(prepared.error());
  if (auto done = prepared->bind(1, in_ms(older_than)).bind(2, most).run(); !done) return tl::unexpected(done.error());
  return db_.changed_rows();
}

call_database::result<std::int64_t> call_database::prune_records(time now, std::int64_t most) {
  const auto due = due_calls(db_, due_of_others, now - kept_for, most);
  if (!due) return tl::unexpected(due.error());
  const auto rules = retention();
  if (!rules) return tl::unexpected(rules.error());
  // Their events are as old, and go by themselves.
  if (auto done = erase(db_, *due, {drop_record, drop_unlisted, drop_unsent}); !done)
    return tl::unexpected(done.error());
  auto gone = static_cast<std::int64_t>(due->size());
  for (const auto& one : *rules) {
    if (gone >= most) break;
    const auto his = due_calls(db_, due_of_tenant, now - one.records, most - gone, one.tenant.value);
    if (!his) return tl::unexpected(his.error());
    if (auto done = erase(db_, *his, {drop_record, drop_unlisted, drop_unsent, drop_events}); !done)
      return tl::unexpected(done.error());
    gone += static_cast<std::int64_t>(his->size());
  }
  if (gone > 0) words_are_gone();
  return gone;
}

call_database::result<std::int64_t> call_database::prune_words(time now) {
  const auto rules = retention();
  if (!rules) return tl::unexpected(rules.error());
  for (const auto& one : *rules) {
    if (one.words >= one.records) continue;
    const auto due = due_calls(db_, due_words, now - one.words, records_a_step, one.tenant.value);
    if (!due) return tl::unexpected(due.error());
    if (due->empty()) continue;
    auto all = sqlite::transaction::begin(db_);
    if (!all) return tl::unexpected(all.error());
    for (const auto& call : *due)
      if (auto done = strip_words(db_, call); !done) return tl::unexpected(done.error());
    auto done = note_unmerged(db_);
    if (done) done = all->commit();
    if (!done) return tl::unexpected(done.error());
    words_are_gone();
    return static_cast<std::int64_t>(due->size());
  }
  return 0;
}

call_database::result<std::vector<call_database::retention_rule>> call_database::retention() {
  auto rows = db_.prepare("SELECT tenant, days, word_days FROM retention ORDER BY tenant");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<retention_rule> all;
  auto row = rows->step();
  for (; row && *row; row = rows->step())
    all.push_back({{std::string{rows->text(0)}}, days{rows->integer(1)}, days{rows->integer(2)}});
  if (!row) return tl::unexpected(row.error());
  return all;
}

call_database::result<void> call_database::keep_for(const std::vector<retention_rule>& rules) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  if (auto none = db_.exec("DELETE FROM retention"); !none) return none;
  auto put = db_.prepare("INSERT OR REPLACE INTO retention VALUES (?, ?, ?)");
  if (!put) return tl::unexpected(put.error());
  for (const auto& one : rules) {
    put->bind(1, one.tenant.value).bind(2, std::int64_t{one.records.count()}).bind(3, std::int64_t{one.words.count()});
    if (auto done = put->run(); !done) return done;
  }
  return all->commit();
}

// --- because somebody wants it gone

call_database::result<std::vector<model::call_sid>> call_database::calls_with(
    const std::string& number, const std::optional<model::tenant_id>& tenant, std::size_t most) {
  auto rows = db_.prepare(
      "SELECT call_sid FROM calls WHERE caller = ?1 AND (?3 = '' OR tenant = ?3) UNION"
      " SELECT call_sid FROM calls WHERE called = ?1 AND (?3 = '' OR tenant = ?3) UNION"
      " SELECT call_sid FROM (SELECT call_sid, CASE WHEN json_valid(json) THEN json ELSE '{}' END AS json"
      " FROM unlisted JOIN records USING (call_sid) WHERE (?3 = '' OR records.tenant = ?3)"
      " AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.call_sid = unlisted.call_sid))"
      " WHERE json_extract(json, '$.from') IN (?1, ?4) OR json_extract(json, '$.to') IN (?1, ?4) LIMIT ?2");
  if (!rows) return tl::unexpected(rows.error());
  const auto meeting = model::meeting_form(number);
  const auto whose = tenant ? tenant->value : std::string{};
  rows->bind(1, meeting).bind(2, static_cast<std::int64_t>(most)).bind(3, whose).bind(4, number);
  return calls_in(*rows);
}

call_database::result<void> call_database::forget(const std::vector<model::call_sid>& calls, time now) {
  if (calls.empty()) return {};
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto gone = db_.prepare("INSERT OR REPLACE INTO gone VALUES (?, ?)");
  if (!gone) return tl::unexpected(gone.error());
  const auto others_have_some = has_shared();
  if (!others_have_some) return tl::unexpected(others_have_some.error());
  for (const auto& call : calls) {
    auto done = erase_record(db_, call);
    if (done) done = run_for(db_, drop_checkpoint, call);
    if (done && *others_have_some) done = gone->bind(1, call.value).bind(2, in_ms(now)).run();
    if (done && *others_have_some) done = send_later(call, in_ms(now), true);
    if (!done) return done;
  }
  auto done = note_unmerged(db_);
  if (done) done = all->commit();
  if (done) words_are_gone();
  return done;
}

call_database::result<std::vector<model::conversation_id>> call_database::conversations_of(
    const std::vector<model::call_sid>& calls) {
  std::vector<model::conversation_id> all;
  for (const auto& call : calls) {
    const auto json = text_of(db_, select_record, call);
    if (!json) return tl::unexpected(json.error());
    const auto record = model::parse_call_record(*json);
    if (!record) continue;
    for (const auto& one : record->conversations) all.push_back(one.id);
    for (const auto& one : record->reports) all.push_back(one.conversation);
  }
  return all;
}

call_database::result<std::vector<model::call_sid>> call_database::unrecorded(
    const std::vector<model::call_sid>& calls) {
  std::vector<model::call_sid> all;
  for (const auto& call : calls) {
    auto rows = db_.prepare(
        "SELECT 1 FROM records WHERE call_sid = ?1 UNION ALL SELECT 1 FROM checkpoints WHERE call_sid = ?1");
    if (!rows) return tl::unexpected(rows.error());
    const auto is_there = rows->bind(1, call.value).step();
    if (!is_there) return tl::unexpected(is_there.error());
    if (!*is_there) all.push_back(call);
  }
  return all;
}

void call_database::words_are_gone() noexcept {
  merge_.is_behind = merge_.is_under_way;
  merge_.is_due = true;
}

/// A deleted row's words stay in the index until its parts are merged: a negative number begins to merge all. What is
/// deleted meanwhile is in parts that are not among them.
call_database::result<bool> call_database::merge_words() {
  if (!merge_.is_due) return false;
  const auto before = db_.read_number("SELECT total_changes()");
  if (!before) return tl::unexpected(before.error());
  const auto pages = std::exchange(merge_.is_under_way, true) ? pages_a_merge : -pages_a_merge;
  if (auto done = db_.exec("INSERT INTO words (words, rank) VALUES ('merge', " + std::to_string(pages) + ")"); !done)
    return tl::unexpected(done.error());
  const auto after = db_.read_number("SELECT total_changes()");
  if (!after) return tl::unexpected(after.error());
  if (*after - *before >= 2) return true;
  merge_.is_under_way = false;
  if (std::exchange(merge_.is_behind, false)) return true;
  if (auto done = db_.exec("DELETE FROM unmerged"); !done) return tl::unexpected(done.error());
  merge_.is_due = false;
  return false;
}

call_database::result<bool> call_database::erase_traces() {
  const auto busy = db_.read_number("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!busy) return tl::unexpected(busy.error());
  return *busy == 0;
}

}  // namespace tonris::actors
