/// What goes from the call database because of its age.
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

constexpr std::int64_t events_a_record = 10, checkpoints_a_record = 5;  // so many go at once for each record

/// Behind a row, in their order; also those of tenants who have a rule.
constexpr const char* old_calls =
    "SELECT id, call_sid, tenant IN (SELECT tenant FROM retention) FROM calls WHERE id > ?1 AND id < ?2 ORDER BY id"
    " LIMIT ?3";
constexpr const char* kept_of_call =
    "SELECT (SELECT json FROM records WHERE call_sid = ?1), (SELECT since_ms FROM waiting WHERE call_sid = ?1)";
constexpr const char* due_of_tenant =
    "SELECT id, call_sid, json, since_ms FROM calls LEFT JOIN records USING (call_sid)"
    " LEFT JOIN waiting USING (call_sid) WHERE id > ?1 AND id < ?2 AND calls.tenant = ?4 ORDER BY id LIMIT ?3";
constexpr const char* due_words =
    "SELECT call_sid FROM calls INDEXED BY calls_with_words WHERE id < ?1 AND tenant = ?3 AND has_words = 1"
    " ORDER BY id LIMIT ?2";

/// Of those who have a rule for them.
sqlite::result<std::vector<model::call_sid>> calls_with_due_words(
    sqlite::database& db, const std::vector<call_database::retention_rule>& rules, call_database::time as_of,
    std::int64_t most) {
  auto rows = db.prepare(due_words);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<model::call_sid> due;
  for (const auto& one : rules) {
    if (one.words >= one.records) continue;
    rows->bind(1, least_row_at(as_of - one.words)).bind(2, most - std::ssize(due)).bind(3, one.tenant.value);
    auto some = calls_in(*rows);
    if (!some) return some;
    rows->reset();
    std::ranges::move(*some, std::back_inserter(due));
    if (std::ssize(due) == most) break;
  }
  return due;
}

/// Behind that place, of all without a rule: they have the standard. Were all looked at?
sqlite::result<bool> add_due_of_others(sqlite::database& db, call_database::time as_of, std::size_t most,
                                       call_database::due_calls& found) {
  auto rows = db.prepare(old_calls), kept = db.prepare(kept_of_call);
  if (!rows || !kept) return tl::unexpected(rows ? kept.error() : rows.error());
  rows->bind(1, found.upto.row).bind(2, least_row_at(as_of - call_database::kept_for));
  rows->bind(3, call_database::most_looked_at);
  std::int64_t seen = 0;
  auto row = rows->step();
  for (; row && *row && found.calls.size() < most; row = rows->step(), ++seen) {
    found.upto.row = rows->integer(0);
    if (rows->integer(2) != 0) continue;
    if (const auto is = kept->bind(1, rows->text(1)).step(); !is) return tl::unexpected(is.error());
    found.calls.push_back({{std::string{rows->text(1)}}, std::string{kept->text(0)}, false, kept->integer(1)});
    kept->reset();
  }
  if (!row) return tl::unexpected(row.error());
  return !*row && seen < call_database::most_looked_at;
}

/// Behind that place, of one who has a rule.
sqlite::result<void> add_due(sqlite::statement& rows, const call_database::retention_rule& rule,
                             call_database::time as_of, std::size_t most, call_database::due_calls& found) {
  rows.bind(1, found.upto.row).bind(2, least_row_at(as_of - rule.records));
  rows.bind(3, static_cast<std::int64_t>(most - found.calls.size())).bind(4, rule.tenant.value);
  auto row = rows.step();
  for (; row && *row; row = rows.step()) {
    found.upto.row = rows.integer(0);
    found.calls.push_back({{std::string{rows.text(1)}}, std::string{rows.text(2)}, true, rows.integer(3)});
  }
  if (!row) return tl::unexpected(row.error());
  rows.reset();
  return {};
}

bool is_at_twilio(const std::string& json) {
  const auto record = model::parse_call_record(json);
  return record && !kept_audio_of(*record).empty();
}

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

call_database::result<call_database::pruned> call_database::prune(time as_of, std::optional<time> checkpoints,
                                                                  std::int64_t most) {
  pruned done;
  const auto events = run_bounded(prune_events, as_of - kept_for, most * events_a_record);
  if (!events) return tl::unexpected(events.error());
  const auto ended = checkpoints
                         ? run_bounded(prune_checkpoints, *checkpoints - ended_kept_for, most * checkpoints_a_record)
                         : result<std::int64_t>{0};
  if (!ended) return tl::unexpected(ended.error());
  done.checkpoints = *ended;
  const auto early = drop_early_waits(db_, as_of, waits_seen_upto_);
  if (!early) return tl::unexpected(early.error());
  const auto records = prune_records(as_of, most, done);
  if (!records) return tl::unexpected(records.error());
  const auto words = prune_words(as_of, most);
  if (!words) return tl::unexpected(words.error());
  const auto gone = run_bounded(prune_gone, as_of - gone_kept_for, most);
  if (!gone) return tl::unexpected(gone.error());
  done.has_more = *records || *words == most || *events + *ended + *early + *gone > 0;
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
  due_calls found{{}, behind};
  if (behind.tenant.empty()) {
    const auto all = add_due_of_others(db_, as_of, most, found);
    if (!all) return tl::unexpected(all.error());
    if (!*all) return found;
  }
  const auto rules = retention();
  if (!rules) return tl::unexpected(rules.error());
  auto rows = db_.prepare(due_of_tenant);
  if (!rows) return tl::unexpected(rows.error());
  for (const auto& one : *rules) {
    if (one.tenant.value < behind.tenant) continue;
    if (found.calls.size() == most) return found;
    if (one.tenant.value != found.upto.tenant) found.upto = {one.tenant.value, 0};
    if (auto done = add_due(*rows, one, as_of, most, found); !done) return tl::unexpected(done.error());
  }
  found.is_last = found.calls.size() < most;
  return found;
}

call_database::result<bool> call_database::prune_records(time as_of, std::int64_t most, pruned& done) {
  const auto found = due(as_of, pruned_upto_, static_cast<std::size_t>(most));
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
  pruned_upto_ = found->is_last ? due_place{} : found->upto;
  if (!of_rules.empty() || !of_others.empty()) words_are_gone();
  return !found->is_last;
}

call_database::result<std::int64_t> call_database::prune_words(time as_of, std::int64_t most) {
  const auto rules = retention();
  if (!rules) return tl::unexpected(rules.error());
  const auto calls = calls_with_due_words(db_, *rules, as_of, most);
  if (!calls) return tl::unexpected(calls.error());
  if (calls->empty()) return 0;
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  for (const auto& call : *calls)
    if (auto done = strip_words(db_, call); !done) return tl::unexpected(done.error());
  auto done = note_unmerged(db_);
  if (done) done = all->commit();
  if (done) done = have_aged(*calls);
  if (!done) return tl::unexpected(done.error());
  words_are_gone();
  return std::ssize(*calls);
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

}  // namespace tonris::actors
