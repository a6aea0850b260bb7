/// What gathers in the journal, written into the call database: one transaction a batch.
#include <optional>
#include <utility>

#include "actors/store/call_list.hpp"
#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"
#include "model/call/learned_facts.hpp"
#include "model/call/record_choice.hpp"

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using namespace database_rows;

constexpr std::size_t most_untrimmed = 100'000;  // calls whose events are counted; beyond it the count begins anew

constexpr const char* put_checkpoint = "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)";
constexpr const char* put_record =
    "INSERT INTO records (call_sid, tenant, started_at, json, changed_ms) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (call_sid) DO UPDATE SET tenant = excluded.tenant, started_at = excluded.started_at,"
    " json = excluded.json, changed_ms = excluded.changed_ms, rev = rev + 1, node = ''"
    " WHERE started_at = excluded.started_at OR (tenant = '' AND excluded.tenant <> '')";
constexpr const char* put_over_record =
    "UPDATE records SET tenant = ?2, started_at = ?3, json = ?4, changed_ms = ?5, rev = rev + 1, node = ''"
    " WHERE call_sid = ?1";
constexpr const char* select_others_record = "SELECT json FROM records WHERE call_sid = ? AND node <> ''";
constexpr const char* change_checkpoint = "UPDATE checkpoints SET json = ? WHERE call_sid = ?";
constexpr const char* change_own_record =
    "UPDATE records SET json = ?1, rev = rev + 1, changed_ms = ?3 WHERE call_sid = ?2";
constexpr const char* change_others_record = "UPDATE records SET json = ? WHERE call_sid = ?";
constexpr const char* select_learned = "SELECT learned FROM outbox WHERE call_sid = ?";
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

sqlite::result<void> change(sqlite::database& db, const char* sql, const model::call_sid& call,
                            const std::string& json) {
  auto row = db.prepare(sql);
  if (!row) return tl::unexpected(row.error());
  return row->bind(1, json).bind(2, call.value).run();
}

sqlite::result<void> change_own(sqlite::database& db, const model::call_sid& call, const std::string& json,
                                std::int64_t now) {
  auto row = db.prepare(change_own_record);
  if (!row) return tl::unexpected(row.error());
  return row->bind(1, json).bind(2, call.value).bind(3, now).run();
}

/// A checkpoint has the record as well, and the call that goes on from it writes that one. False: there is none.
sqlite::result<bool> add_to_checkpoint(sqlite::database& db, const journal_batch::fact& f) {
  const auto json = text_of(db, select_checkpoint, f.call);
  if (!json) return tl::unexpected(json.error());
  auto state = model::parse_checkpoint(*json);
  if (!state) return false;
  if (model::add_fact(state->record, f.what))
    if (auto done = change(db, change_checkpoint, f.call, to_json(*state)); !done) return tl::unexpected(done.error());
  return true;
}

/// What was learned of the call here, and whoever writes its record does not know: it was told before he had the call,
/// or while he did not answer. Nothing: he knows all.
std::optional<journal_batch::record> with_facts_of(const std::string& before, const journal_batch::record& r) {
  if (before.empty()) return std::nullopt;
  const auto known = model::parse_call_record(before);
  auto record = model::parse_call_record(r.json);
  if (!known || !record || known->started != record->started) return std::nullopt;
  bool is_news = false;
  for (const auto& fact : facts_in(*known)) is_news = model::add_fact(*record, fact) || is_news;
  if (!is_news) return std::nullopt;
  auto whole = r;
  whole.json = to_json(*record);
  return whole;
}

/// In place of `before`, the record that stood there; "": none. `own`: this node's that did; `cost`: of all of these,
/// what they cost more and less.
sqlite::result<void> list_record(sqlite::database& db, const journal_batch::record& r, const std::string& before,
                                 const std::string& own, model::cost_change& cost) {
  const auto record = model::parse_call_record(r.json);
  if (!record) return call_list::put_unreadable(db, r.call, r.tenant, r.started);
  if (auto done = call_list::put(db, *record); !done) return done;
  const auto known = model::parse_call_record(before);
  cost.add(known && !own.empty() ? known->cost : model::call_cost{}, record->cost);
  return note_change(db, known ? &*known : nullptr, *record);
}

sqlite::result<void> write_events(sqlite::database& db, const journal_batch& batch) {
  return for_each(db, put_event, batch.events, [](auto& s, const model::timeline_event& e) {
    s.bind(1, e.call.value).bind(2, in_ms(e.at)).bind(3, to_string(e.what)).bind(4, e.detail);
    return true;
  });
}

}  // namespace

/// Another node has made a record of that SID, of another call.
call_database::result<bool> call_database::put_over_another(const journal_batch::record& r, std::int64_t now) {
  const auto json = text_of(db_, select_others_record, r.call);
  if (!json) return tl::unexpected(json.error());
  const auto others = model::parse_call_record(*json);
  const auto ours = model::parse_call_record(r.json);
  if (!others || !ours || !model::stands_before(*ours, *others)) return false;
  if (auto gone = call_list::remove(db_, r.call); !gone) return tl::unexpected(gone.error());
  auto put = db_.prepare(put_over_record);
  if (!put) return tl::unexpected(put.error());
  put->bind(1, r.call.value).bind(2, r.tenant).bind(3, in_ms(r.started)).bind(4, r.json).bind(5, now);
  if (auto done = put->run(); !done) return tl::unexpected(done.error());
  return true;
}

/// Those that stand already, of another call.
call_database::result<std::vector<model::call_sid>> call_database::write_records(const journal_batch& batch,
                                                                                 std::int64_t now) {
  std::vector<model::call_sid> refused;
  if (batch.records.empty()) return refused;
  auto put = db_.prepare(put_record);
  if (!put) return tl::unexpected(put.error());
  for (const auto& told : batch.records) {
    const auto before = text_of(db_, select_record, told.call);
    if (!before) return tl::unexpected(before.error());
    const auto whole = with_facts_of(*before, told);
    const auto& r = whole ? *whole : told;
    const auto own = before->empty() ? before : text_of(db_, select_own_record, r.call);
    if (!own) return tl::unexpected(own.error());
    put->bind(1, r.call.value).bind(2, r.tenant).bind(3, in_ms(r.started)).bind(4, r.json).bind(5, now);
    if (auto done = put->run(); !done) return tl::unexpected(done.error());
    if (db_.changed_rows() == 0) {
      const auto is_put = put_over_another(r, now);
      if (!is_put) return tl::unexpected(is_put.error());
      if (!*is_put) refused.push_back(r.call);
      if (!*is_put) continue;
    }
    auto done = list_record(db_, r, *before, *own, cost_to_change_);
    if (done) done = send_later(r.call, now);
    if (!done) return tl::unexpected(done.error());
    if (const auto freed = release(r.call, now); !freed) return tl::unexpected(freed.error());
  }
  return refused;
}

/// Of another node's call that node is told, and this one's copy knows it already.
call_database::result<call_database::addition> call_database::add_to_record(const journal_batch::fact& f,
                                                                            std::int64_t now) {
  const auto json = text_of(db_, select_record, f.call);
  if (!json) return tl::unexpected(json.error());
  auto record = model::parse_call_record(*json);
  if (!record) return addition::no_record;
  const auto before = *record;
  if (!model::add_fact(*record, f.what)) return addition::known;
  const auto own = text_of(db_, select_own_record, f.call);
  if (!own) return tl::unexpected(own.error());
  std::string learned;
  if (own->empty()) {
    const auto waits = text_of(db_, select_learned, f.call);
    if (!waits) return tl::unexpected(waits.error());
    auto facts = model::parse_call_record(*waits).value_or(model::without_facts(before));
    collect_fact(facts, before, f.what);
    learned = to_json(facts);
  }
  if (!own->empty()) cost_to_change_.add(before.cost, record->cost);
  auto done = own->empty() ? change(db_, change_others_record, f.call, to_json(*record))
                           : change_own(db_, f.call, to_json(*record), now);
  if (done) done = call_list::put(db_, *record);
  if (done) done = note_change(db_, &before, *record);
  if (done) done = send_later(f.call, now, false, learned);
  if (!done) return tl::unexpected(done.error());
  return addition::news;
}

call_database::result<std::vector<model::call_sid>> call_database::write_facts(const journal_batch& batch,
                                                                               std::int64_t now) {
  std::vector<model::call_sid> unknown;
  for (const auto& f : batch.facts) {
    const auto added = add_to_record(f, now);
    if (!added) return tl::unexpected(added.error());
    const auto has_checkpoint = add_to_checkpoint(db_, f);
    if (!has_checkpoint) return tl::unexpected(has_checkpoint.error());
    if (*added != addition::no_record) continue;
    auto lost = hold(f, now);
    if (!lost) return tl::unexpected(lost.error());
    if (!*has_checkpoint) unknown.insert(unknown.end(), lost->begin(), lost->end());
  }
  return unknown;
}

call_database::result<call_database::left_out> call_database::write(const journal_batch& batch, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  cost_to_change_ = {};
  auto done = write_checkpoints(db_, batch, in_ms(now));
  if (done) done = write_events(db_, batch);
  if (done) done = trim_events(batch);
  if (!done) return tl::unexpected(done.error());
  auto refused = write_records(batch, in_ms(now));
  if (!refused) return tl::unexpected(refused.error());
  auto unknown = write_facts(batch, in_ms(now));  // after the records that came with them
  if (!unknown) return tl::unexpected(unknown.error());
  const auto unshared = keep_outbox_within_bounds();
  if (!unshared) return tl::unexpected(unshared.error());
  const bool is_news = !batch.records.empty() || !batch.facts.empty();
  if (is_news) done = note_untold(now);
  if (!done) return tl::unexpected(done.error());
  if (done = all->commit(); !done) return tl::unexpected(done.error());
  untold_noted_ = untold_noted_ || is_news;
  cost_changed_.add(cost_to_change_);
  return left_out{std::move(*refused), std::move(*unknown), *unshared};
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
