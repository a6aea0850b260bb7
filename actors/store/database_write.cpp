/// What gathers in the journal, written into the call database: one transaction a batch.
#include <utility>

#include "actors/store/call_list.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/call/later_fact.hpp"

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using namespace database_rows;

constexpr std::size_t most_untrimmed = 100'000;  // calls whose events are counted; beyond it the count begins anew

constexpr const char* put_checkpoint = "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)";
constexpr const char* drop_checkpoint = "DELETE FROM checkpoints WHERE call_sid = ?";
constexpr const char* put_record =
    "INSERT INTO records VALUES (?, ?, ?, ?) ON CONFLICT (call_sid) DO UPDATE"
    " SET tenant = excluded.tenant, started_at = excluded.started_at, json = excluded.json"
    " WHERE started_at = excluded.started_at OR (tenant = '' AND excluded.tenant <> '')";
constexpr const char* change_checkpoint = "UPDATE checkpoints SET json = ? WHERE call_sid = ?";
constexpr const char* change_record = "UPDATE records SET json = ? WHERE call_sid = ?";
constexpr const char* put_event = "INSERT INTO events (call_sid, at_ms, what, detail) VALUES (?, ?, ?, ?)";
constexpr const char* trim_events_of_call =
    "DELETE FROM events WHERE call_sid = ?1 AND id <="
    " (SELECT id FROM events WHERE call_sid = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";

/// Runs one statement for each item; `bind` gives it the values, which live as long as the item.
template <class Items, class Bind>
sqlite::result<void> for_each(sqlite::database& db, const char* sql, const Items& items, Bind bind) {
  if (items.empty()) return {};
  auto prepared = db.prepare(sql);
  if (!prepared) return tl::unexpected(prepared.error());
  for (const auto& item : items) {
    if (!bind(*prepared, item)) continue;
    if (auto done = prepared->run(); !done) return done;
  }
  return {};
}

sqlite::result<void> write_checkpoints(sqlite::database& db, const journal_batch& batch, std::int64_t now) {
  auto put = for_each(db, put_checkpoint, batch.checkpoints, [now](auto& s, const journal_batch::checkpoint& c) {
    if (!c.json.empty()) s.bind(1, c.call.value).bind(2, c.json).bind(3, now);
    return !c.json.empty();
  });
  if (!put) return put;
  return for_each(db, drop_checkpoint, batch.checkpoints, [](auto& s, const journal_batch::checkpoint& c) {
    if (c.json.empty()) s.bind(1, c.call.value);
    return c.json.empty();
  });
}

/// Those that stand already, of another call.
sqlite::result<std::vector<model::call_sid>> write_records(sqlite::database& db, const journal_batch& batch) {
  std::vector<model::call_sid> refused;
  if (batch.records.empty()) return refused;
  auto put = db.prepare(put_record);
  if (!put) return tl::unexpected(put.error());
  for (const auto& r : batch.records) {
    put->bind(1, r.call.value).bind(2, r.tenant).bind(3, in_ms(r.started)).bind(4, r.json);
    if (auto done = put->run(); !done) return tl::unexpected(done.error());
    if (db.changed_rows() == 0) {
      refused.push_back(r.call);
      continue;
    }
    const auto record = model::parse_call_record(r.json);
    auto listed = record ? call_list::put(db, *record) : call_list::put_unreadable(db, r.call, r.tenant, r.started);
    if (!listed) return tl::unexpected(listed.error());
  }
  return refused;
}

sqlite::result<void> change(sqlite::database& db, const char* sql, const model::call_sid& call,
                            const std::string& json) {
  auto row = db.prepare(sql);
  if (!row) return tl::unexpected(row.error());
  return row->bind(1, json).bind(2, call.value).run();
}

/// Was there a record for it?
sqlite::result<bool> add_to_record(sqlite::database& db, const journal_batch::fact& f) {
  const auto json = text_of(db, select_record, f.call);
  if (!json) return tl::unexpected(json.error());
  auto record = model::parse_call_record(*json);
  if (!record) return false;
  if (!model::add_fact(*record, f.what)) return true;
  auto done = change(db, change_record, f.call, to_json(*record));
  if (done) done = call_list::put(db, *record);
  if (!done) return tl::unexpected(done.error());
  return true;
}

/// A checkpoint has the record as well, and the call that goes on from it writes that one.
sqlite::result<void> add_to_checkpoint(sqlite::database& db, const journal_batch::fact& f) {
  const auto json = text_of(db, select_checkpoint, f.call);
  if (!json) return tl::unexpected(json.error());
  auto state = model::parse_checkpoint(*json);
  if (!state || !model::add_fact(state->record, f.what)) return {};
  return change(db, change_checkpoint, f.call, to_json(*state));
}

sqlite::result<std::vector<model::call_sid>> write_facts(sqlite::database& db, const journal_batch& batch) {
  std::vector<model::call_sid> unknown;
  for (const auto& f : batch.facts) {
    const auto known = add_to_record(db, f);
    if (!known) return tl::unexpected(known.error());
    if (!*known) unknown.push_back(f.call);
    if (auto done = add_to_checkpoint(db, f); !done) return tl::unexpected(done.error());
  }
  return unknown;
}

sqlite::result<void> write_events(sqlite::database& db, const journal_batch& batch) {
  return for_each(db, put_event, batch.events, [](auto& s, const model::timeline_event& e) {
    s.bind(1, e.call.value).bind(2, in_ms(e.at)).bind(3, to_string(e.what)).bind(4, e.detail);
    return true;
  });
}

}  // namespace

call_database::result<call_database::left_out> call_database::write(const journal_batch& batch, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto done = write_checkpoints(db_, batch, in_ms(now));
  if (done) done = write_events(db_, batch);
  if (done) done = trim_events(batch);
  if (!done) return tl::unexpected(done.error());
  auto refused = write_records(db_, batch);
  if (!refused) return tl::unexpected(refused.error());
  auto unknown = write_facts(db_, batch);  // after the records that came with them
  if (!unknown) return tl::unexpected(unknown.error());
  if (done = all->commit(); !done) return tl::unexpected(done.error());
  return left_out{std::move(*refused), std::move(*unknown)};
}

/// An agent may send thousands of texts. Counting first: to look at each call's events in each batch would cost more
/// than writing them.
call_database::result<void> call_database::trim_events(const journal_batch& batch) {
  std::vector<model::call_sid> due;
  for (const auto& event : batch.events)
    if (++untrimmed_[event.call] % events_between_trims == 0) due.push_back(event.call);
  for (const auto& record : batch.records) untrimmed_.erase(record.call);
  if (untrimmed_.size() > most_untrimmed) untrimmed_.clear();
  return for_each(db_, trim_events_of_call, due, [](auto& s, const model::call_sid& call) {
    s.bind(1, call.value).bind(2, static_cast<std::int64_t>(max_events_of_a_call));
    return true;
  });
}

}  // namespace tonris::actors
