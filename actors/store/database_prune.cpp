/// What goes from the call database: because of its age, or because somebody wants it gone.
#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/store/call_list.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/call/aging.hpp"
#include "model/call/kept_audio.hpp"
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

/// Which of a tenant's calls are due, behind a row (?4), and of all others': they have the standard.
constexpr const char* due_of_others =
    "SELECT id, call_sid, json, since_ms FROM calls LEFT JOIN records USING (call_sid) LEFT JOIN waiting USING "
    "(call_sid)"
    " WHERE id < ?1 AND id > ?4 AND calls.tenant NOT IN (SELECT tenant FROM retention) ORDER BY id LIMIT ?2";
constexpr const char* due_of_tenant =
    "SELECT id, call_sid, json, since_ms FROM calls LEFT JOIN records USING (call_sid) LEFT JOIN waiting USING "
    "(call_sid)"
    " WHERE id < ?1 AND id > ?4 AND calls.tenant = ?3 ORDER BY id LIMIT ?2";
constexpr const char* due_words =
    "SELECT call_sid FROM calls WHERE id < ?1 AND tenant = ?3 AND has_words = 1 ORDER BY id LIMIT ?2";

sqlite::result<std::vector<model::call_sid>> calls_in(sqlite::statement& rows) {
  const auto sids = sqlite::first_column(rows);
  if (!sids) return tl::unexpected(sids.error());
  std::vector<model::call_sid> calls;
  for (const auto& sid : *sids) calls.push_back({sid});
  return calls;
}

sqlite::result<std::vector<model::call_sid>> calls_with_due_words(sqlite::database& db,
                                                                  const call_database::retention_rule& rule,
                                                                  call_database::time as_of) {
  auto rows = db.prepare(due_words);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, least_row_at(as_of - rule.words)).bind(2, records_a_step).bind(3, rule.tenant.value);
  return calls_in(*rows);
}

/// Behind that place, of those for whom one rule holds.
sqlite::result<void> add_due(sqlite::database& db, const call_database::retention_rule& rule, call_database::time as_of,
                             std::size_t most, call_database::due_calls& found) {
  const bool has_rule = !rule.tenant.empty();
  auto rows = db.prepare(has_rule ? due_of_tenant : due_of_others);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, least_row_at(as_of - rule.records)).bind(2, static_cast<std::int64_t>(most - found.calls.size()));
  if (has_rule) rows->bind(3, rule.tenant.value);
  rows->bind(4, found.upto.row);
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    found.upto.row = rows->integer(0);
    found.calls.push_back({{std::string{rows->text(1)}}, std::string{rows->text(2)}, has_rule, rows->integer(3)});
  }
  if (!row) return tl::unexpected(row.error());
  return {};
}

bool is_at_twilio(const std::string& json) {
  const auto record = model::parse_call_record(json);
  return record && !kept_audio_of(*record).empty();
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

/// What waits to be told to whose call it was.
sqlite::result<void> strip_learned(sqlite::database& db, const model::call_sid& call) {
  const auto learned = text_of(db, "SELECT learned FROM outbox WHERE call_sid = ?", call);
  if (!learned) return tl::unexpected(learned.error());
  const auto facts = model::parse_call_record(*learned);
  if (!facts) return {};
  auto put = db.prepare("UPDATE outbox SET learned = ? WHERE call_sid = ?");
  if (!put) return tl::unexpected(put.error());
  const auto text = to_json(model::without_words(*facts));
  return put->bind(1, text).bind(2, call.value).run();
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
  if (done) done = strip_learned(db, call);
  for (const auto* sql : {count_aged_words, note_aged})
    if (done) done = run_for(db, sql, call);
  return done;
}

/// Of nothing that is kept it is the wall clock that says how old it is.
sqlite::result<bool> has_records(sqlite::database& db) {
  const auto any = db.read_number("SELECT EXISTS (SELECT 1 FROM records)");
  if (!any) return tl::unexpected(any.error());
  return *any != 0;
}

}  // namespace

sqlite::result<void> database_rows::erase_record(sqlite::database& db, const model::call_sid& call) {
  auto done = call_list::remove(db, call);
  for (const auto* sql : {drop_record, drop_unlisted, drop_unsent, drop_events, drop_held, drop_waiting})
    if (done) done = run_for(db, sql, call);
  return done;
}

sqlite::result<void> database_rows::note_unmerged(sqlite::database& db) {
  return db.exec("INSERT OR IGNORE INTO unmerged VALUES (1)");
}

// --- because of its age

call_database::result<std::optional<call_database::time>> call_database::aged(time wall) {
  const auto until = db_.read_number("SELECT until_ms FROM aged");
  if (!until) return tl::unexpected(until.error());
  if (*until == 0) return std::optional<time>{};
  const auto any = has_records(db_);
  if (!any) return tl::unexpected(any.error());
  return std::optional{*any ? std::min(wall, time{std::chrono::milliseconds{*until}}) : wall};
}

call_database::result<call_database::time> call_database::age(time wall, std::chrono::nanoseconds passed) {
  const auto before = db_.read_number("SELECT until_ms FROM aged");
  if (!before) return tl::unexpected(before.error());
  const auto any = has_records(db_);
  if (!any) return tl::unexpected(any.error());
  const auto until =
      *before == 0 || !*any ? wall : model::aged_until(time{std::chrono::milliseconds{*before}}, wall, passed);
  auto put = db_.prepare("INSERT OR REPLACE INTO aged VALUES (1, ?)");
  if (!put) return tl::unexpected(put.error());
  if (auto done = put->bind(1, in_ms(until)).run(); !done) return tl::unexpected(done.error());
  return std::min(wall, until);
}

call_database::result<call_database::pruned> call_database::prune(time as_of, std::optional<time> checkpoints) {
  pruned done;
  const auto events = run_bounded(prune_events, as_of - kept_for, events_a_step);
  if (!events) return tl::unexpected(events.error());
  const auto ended = checkpoints ? run_bounded(prune_checkpoints, *checkpoints - ended_kept_for, checkpoints_a_step)
                                 : result<std::int64_t>{0};
  if (!ended) return tl::unexpected(ended.error());
  const auto early = drop_early_waits(db_, as_of, waits_seen_upto_);
  if (!early) return tl::unexpected(early.error());
  const auto records = prune_records(as_of, done);
  if (!records) return tl::unexpected(records.error());
  const auto words = prune_words(as_of);
  if (!words) return tl::unexpected(words.error());
  const auto gone = run_bounded(prune_gone, as_of - gone_kept_for, records_a_step);
  if (!gone) return tl::unexpected(gone.error());
  done.has_more = *records || *events + *ended + *early + *words + *gone > 0;
  return done;
}

call_database::result<std::int64_t> call_database::run_bounded(const char* sql, time older_than, std::int64_t most) {
  auto prepared = db_.prepare(sql);
  if (!prepared) return tl::unexpected(prepared.error());
  if (auto done = prepared->bind(1, in_ms(older_than)).bind(2, most).run(); !done) return tl::unexpected(done.error());
  return db_.changed_rows();
}

call_database::result<call_database::due_calls> call_database::due(time as_of, const due_place& behind,
                                                                   std::size_t most) {
  auto rules = retention();
  if (!rules) return tl::unexpected(rules.error());
  rules->insert(rules->begin(), {{}, kept_for, kept_for});
  due_calls found{{}, behind};
  for (const auto& one : *rules) {
    if (one.tenant.value < behind.tenant) continue;
    if (found.calls.size() == most) break;
    if (one.tenant.value != found.upto.tenant) found.upto = {one.tenant.value, 0};
    if (auto done = add_due(db_, one, as_of, most, found); !done) return tl::unexpected(done.error());
  }
  return found;
}

call_database::result<bool> call_database::prune_records(time as_of, pruned& done) {
  const auto found = due(as_of, pruned_upto_, records_a_step);
  if (!found) return tl::unexpected(found.error());
  std::vector<model::call_sid> of_rules, of_others, waiting;
  for (const auto& one : found->calls) {
    const bool has_audio = is_at_twilio(one.json);
    const bool has_waited = one.waits_since_ms != 0 && one.waits_since_ms < in_ms(as_of - waits_for_audio);
    if (has_audio && one.waits_since_ms == 0) waiting.push_back(one.call);
    if (has_audio && !has_waited) continue;
    if (has_audio) done.with_audio.push_back(one.call);
    (one.has_rule ? of_rules : of_others).push_back(one.call);
  }
  if (auto noted = note_waiting(db_, waiting, as_of); !noted) return tl::unexpected(noted.error());
  // Others' events are as old, and go by themselves.
  auto erased =
      erase(db_, of_others, {count_aged_record, note_aged, drop_record, drop_unlisted, drop_unsent, drop_waiting});
  if (erased) erased = have_aged(of_others);
  if (erased)
    erased = erase(db_, of_rules,
                   {count_aged_record, note_aged, drop_record, drop_unlisted, drop_unsent, drop_waiting, drop_events});
  if (erased) erased = have_aged(of_rules);
  if (!erased) return tl::unexpected(erased.error());
  const bool is_last = std::ssize(found->calls) < records_a_step;
  pruned_upto_ = is_last ? due_place{} : found->upto;
  if (!of_rules.empty() || !of_others.empty()) words_are_gone();
  return !is_last;
}

call_database::result<std::int64_t> call_database::prune_words(time as_of) {
  const auto rules = retention();
  if (!rules) return tl::unexpected(rules.error());
  for (const auto& one : *rules) {
    if (one.words >= one.records) continue;
    const auto calls = calls_with_due_words(db_, one, as_of);
    if (!calls) return tl::unexpected(calls.error());
    if (calls->empty()) continue;
    auto all = sqlite::transaction::begin(db_);
    if (!all) return tl::unexpected(all.error());
    for (const auto& call : *calls)
      if (auto done = strip_words(db_, call); !done) return tl::unexpected(done.error());
    auto done = note_unmerged(db_);
    if (done) done = all->commit();
    if (done) done = have_aged(*calls);
    if (!done) return tl::unexpected(done.error());
    words_are_gone();
    return static_cast<std::int64_t>(calls->size());
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
  if (auto done = all->commit(); !done) return done;
  pruned_upto_ = {};  // whose days are new may be before it
  return {};
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
