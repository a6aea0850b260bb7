#include "actors/store/database.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "model/call/voicemail.hpp"
#include "net/private_file.hpp"

namespace tonris::actors {

namespace {

namespace fs = std::filesystem;
namespace sqlite = net::sqlite;
using std::chrono::milliseconds;

/// Step n takes a database from version n (PRAGMA user_version) to n + 1. Steps that were released do not change.
constexpr std::array migrations{R"(
CREATE TABLE checkpoints (call_sid TEXT PRIMARY KEY, json TEXT NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE records (call_sid TEXT PRIMARY KEY, tenant TEXT NOT NULL, started_at INTEGER NOT NULL, json TEXT NOT NULL);
CREATE INDEX records_by_start ON records (started_at);
CREATE TABLE events (id INTEGER PRIMARY KEY, call_sid TEXT NOT NULL, at_ms INTEGER NOT NULL, what TEXT NOT NULL,
                     detail TEXT NOT NULL);
CREATE INDEX events_of_call ON events (call_sid);
)"};

// A page that many transactions change is copied into the database once. 4,000 pages: 16 MiB of WAL.
constexpr const char* copy_back_late = "PRAGMA wal_autocheckpoint=4000";
constexpr const char* overwrite_what_is_deleted = "PRAGMA secure_delete=ON";
constexpr std::size_t most_untrimmed = 100'000;  // calls whose events are counted; beyond it the count begins anew
constexpr milliseconds busy_timeout{250};        // only an operator's own tools ever hold the file

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
// Events are written about in the order of their times, so the oldest are found at the front without an index.
constexpr const char* prune_events =
    "DELETE FROM events WHERE id IN"
    " (SELECT id FROM (SELECT id, at_ms FROM events ORDER BY id LIMIT ?2) WHERE at_ms < ?1)";
constexpr const char* prune_records =
    "DELETE FROM records WHERE call_sid IN"
    " (SELECT call_sid FROM records WHERE started_at < ?1 ORDER BY started_at LIMIT ?2)";
// Of calls that ended. Others are the call supervisor's business, and what nobody can read is dropped at the start.
constexpr const char* prune_checkpoints =
    "DELETE FROM checkpoints WHERE call_sid IN"
    " (SELECT call_sid FROM checkpoints WHERE updated_at < ?1"
    "  AND CASE WHEN json_valid(json) THEN json_extract(json, '$.record.state') END = 'ended' LIMIT ?2)";
constexpr std::int64_t events_a_step = 2000, records_a_step = 500;
constexpr const char* select_checkpoint = "SELECT json FROM checkpoints WHERE call_sid = ?";
constexpr const char* select_record = "SELECT json FROM records WHERE call_sid = ?";
constexpr const char* select_events =
    "SELECT at_ms, what, detail FROM (SELECT * FROM events WHERE call_sid = ? ORDER BY id DESC LIMIT ?)"
    " ORDER BY at_ms, id";

std::int64_t in_ms(call_database::time at) {
  return std::chrono::floor<milliseconds>(at.time_since_epoch()).count();
}

std::string path_in(const std::string& data_dir) {
  return (fs::path(data_dir) / "tonris.db").string();
}

using unusable = call_database::unusable;

bool is_full(const std::error_code& why) {
  return why == std::errc::no_space_on_device || why.value() == EDQUOT;
}

tl::expected<net::file_lock, unusable> lock_in(const std::string& data_dir) {
  const auto path = (fs::path(data_dir) / "tonris.lock").string();
  auto lock = net::file_lock::take(path);
  if (lock) return std::move(*lock);
  if (lock.error() == std::errc::resource_unavailable_try_again)
    return tl::unexpected(
        unusable{"DATA_DIR " + data_dir + " is another gateway's, which runs: each needs one of its own"});
  return tl::unexpected(unusable{"DATA_DIR " + data_dir + " cannot be locked: " + path + ": " + lock.error().message(),
                                 is_full(lock.error())});
}

std::string advice(sqlite::error::kind is) {
  return is == sqlite::error::kind::corrupt ? "; it was left as it is: move it away to begin anew" : "";
}

/// What an operator can mend without us being told.
bool passes(sqlite::error::kind is) {
  return is == sqlite::error::kind::full || is == sqlite::error::kind::disk || is == sqlite::error::kind::busy;
}

unusable because(const std::string& path, std::string_view what, const sqlite::error& why) {
  return {"The call store " + path + " " + std::string{what} + ": " + why.line + advice(why.is), passes(why.is)};
}

tl::expected<std::int64_t, unusable> version_of(sqlite::database& db, const std::string& path) {
  const auto version = db.read_number("PRAGMA user_version");
  if (!version) return tl::unexpected(because(path, "cannot be read", version.error()));
  const auto known = static_cast<std::int64_t>(migrations.size());
  if (*version >= 0 && *version <= known) return *version;
  return tl::unexpected(unusable{"The call store " + path + " was written by a newer version (its schema is " +
                                 std::to_string(*version) + ", this one knows " + std::to_string(known) + ")"});
}

sqlite::result<void> migrate(sqlite::database& db, std::int64_t version) {
  for (auto v = static_cast<std::size_t>(version); v < migrations.size(); ++v) {
    auto step = sqlite::transaction::begin(db);
    if (!step) return tl::unexpected(step.error());
    if (auto done = db.exec(migrations[v]); !done) return done;
    if (auto done = db.exec("PRAGMA user_version=" + std::to_string(v + 1)); !done) return done;
    if (auto done = step->commit(); !done) return done;
  }
  return {};
}

tl::expected<sqlite::database, unusable> open_file(const std::string& path, const sqlite::open_options& options) {
  auto db = sqlite::database::open(path, options);
  if (db) return std::move(*db);
  return tl::unexpected(because(path, "cannot be opened", db.error()));
}

/// SQLite gives the files beside the database the mode it has itself, but only when it makes them.
std::error_code keep_private(const std::string& path) {
  auto failed = net::keep_private(path, true);
  for (const char* beside : {"-wal", "-shm"})
    if (!failed) failed = net::keep_private(path + beside, false);
  return failed;
}

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

/// The one text that belongs to a call; "" where there is none.
sqlite::result<std::string> text_of(sqlite::database& db, const char* sql, const model::call_sid& call) {
  auto rows = db.prepare(sql);
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, call.value).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? std::string(rows->text(0)) : std::string{};
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
    if (db.changed_rows() == 0) refused.push_back(r.call);
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
sqlite::result<bool> add_to_record(sqlite::database& db, const journal_batch::voicemail& v) {
  const auto json = text_of(db, select_record, v.call);
  if (!json) return tl::unexpected(json.error());
  auto record = model::parse_call_record(*json);
  if (!record) return false;
  if (!model::add_voicemail(*record, v.message)) return true;
  if (auto done = change(db, change_record, v.call, to_json(*record)); !done) return tl::unexpected(done.error());
  return true;
}

/// A checkpoint has the record as well, and the call that goes on from it writes that one.
sqlite::result<void> add_to_checkpoint(sqlite::database& db, const journal_batch::voicemail& v) {
  const auto json = text_of(db, select_checkpoint, v.call);
  if (!json) return tl::unexpected(json.error());
  auto state = model::parse_checkpoint(*json);
  if (!state || !model::add_voicemail(state->record, v.message)) return {};
  return change(db, change_checkpoint, v.call, to_json(*state));
}

sqlite::result<std::vector<model::call_sid>> write_voicemails(sqlite::database& db, const journal_batch& batch) {
  std::vector<model::call_sid> unknown;
  for (const auto& v : batch.voicemails) {
    const auto known = add_to_record(db, v);
    if (!known) return tl::unexpected(known.error());
    if (!*known) unknown.push_back(v.call);
    if (auto done = add_to_checkpoint(db, v); !done) return tl::unexpected(done.error());
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

tl::expected<call_database, call_database::unusable> call_database::open(const std::string& data_dir) {
  std::error_code failed;
  if (fs::create_directories(data_dir, failed)) fs::permissions(data_dir, fs::perms::owner_all, failed);
  if (failed)
    return tl::unexpected(unusable{"DATA_DIR " + data_dir + " cannot be made: " + failed.message(), is_full(failed)});
  auto lock = lock_in(data_dir);
  if (!lock) return tl::unexpected(lock.error());
  const auto path = path_in(data_dir);
  if (failed = keep_private(path); failed)
    return tl::unexpected(
        unusable{"The call store " + path + " cannot be made private: " + failed.message(), is_full(failed)});
  auto db = open_file(path, {.busy_timeout = busy_timeout});
  if (!db) return tl::unexpected(db.error());
  const auto version = version_of(*db, path);
  if (!version) return tl::unexpected(version.error());
  auto done = db->exec(overwrite_what_is_deleted);
  if (done) done = migrate(*db, *version);
  if (done) done = db->exec(copy_back_late);
  if (!done) return tl::unexpected(because(path, "cannot be used", done.error()));
  return call_database(std::move(*db), std::move(*lock));
}

tl::expected<call_database, std::string> call_database::open_to_read(const std::string& data_dir) {
  const auto path = path_in(data_dir);
  auto db = open_file(path, {.read_only = true, .busy_timeout = busy_timeout});
  if (!db) return tl::unexpected(db.error().line);
  const auto version = version_of(*db, path);
  if (!version) return tl::unexpected(version.error().line);
  if (*version == 0) return tl::unexpected("The call store " + path + " holds nothing");
  return call_database(std::move(*db), std::nullopt);
}

call_database::result<call_database::left_out> call_database::write(const journal_batch& batch, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto done = write_checkpoints(db_, batch, in_ms(now));
  if (done) done = write_events(db_, batch);
  if (done) done = trim_events(batch);
  if (!done) return tl::unexpected(done.error());
  auto refused = write_records(db_, batch);
  if (!refused) return tl::unexpected(refused.error());
  auto unknown = write_voicemails(db_, batch);  // after the records that came with them
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

call_database::result<call_database::open_calls> call_database::checkpoints() {
  auto rows = db_.prepare("SELECT json FROM checkpoints ORDER BY updated_at");
  if (!rows) return tl::unexpected(rows.error());
  open_calls found;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (auto checkpoint = model::parse_checkpoint(rows->text(0)))
      found.calls.push_back(std::move(*checkpoint));
    else
      ++found.unreadable;
  }
  if (!row) return tl::unexpected(row.error());
  return found;
}

call_database::result<std::size_t> call_database::drop_unreadable() {
  journal_batch unreadable;
  auto rows = db_.prepare("SELECT call_sid, json FROM checkpoints");
  if (!rows) return tl::unexpected(rows.error());
  auto row = rows->step();
  for (; row && *row; row = rows->step())
    if (!model::parse_checkpoint(rows->text(1))) unreadable.checkpoints.push_back({{std::string(rows->text(0))}, ""});
  if (!row) return tl::unexpected(row.error());
  rows->reset();
  if (auto done = write(unreadable, time{}); !done) return tl::unexpected(done.error());
  return unreadable.checkpoints.size();
}

call_database::result<std::string> call_database::record_of(const model::call_sid& call) {
  return text_of(db_, select_record, call);
}

call_database::result<std::string> call_database::checkpoint_of(const model::call_sid& call) {
  return text_of(db_, select_checkpoint, call);
}

call_database::result<std::optional<model::call_checkpoint>> call_database::call_of(const model::call_sid& call) {
  const auto checkpoint = text_of(db_, select_checkpoint, call);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  if (auto state = model::parse_checkpoint(*checkpoint)) return std::move(*state);
  const auto json = text_of(db_, select_record, call);
  if (!json) return tl::unexpected(json.error());
  auto record = model::parse_call_record(*json);
  if (!record) return std::nullopt;
  model::call_checkpoint state;
  state.record = std::move(*record);
  state.fallback = model::fallback_step::over;  // else there would be a checkpoint
  return state;
}

call_database::result<std::shared_ptr<model::call_filter>> call_database::finished_calls() {
  auto rows = db_.prepare("SELECT call_sid FROM records");
  if (!rows) return tl::unexpected(rows.error());
  auto found = std::make_shared<model::call_filter>();
  auto row = rows->step();
  for (; row && *row; row = rows->step()) found->add({std::string(rows->text(0))});
  if (!row) return tl::unexpected(row.error());
  return found;
}

call_database::result<std::vector<model::timeline_event>> call_database::events_of(const model::call_sid& call) {
  auto rows = db_.prepare(select_events);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, call.value).bind(2, static_cast<std::int64_t>(max_events_of_a_call));
  std::vector<model::timeline_event> events;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    // A moment this version has no name for is left out.
    if (const auto what = model::parse_call_moment(rows->text(1)))
      events.push_back({call, time{milliseconds{rows->integer(0)}}, *what, std::string(rows->text(2))});
  }
  if (!row) return tl::unexpected(row.error());
  return events;
}

call_database::result<std::vector<std::string>> call_database::newest_records(std::size_t most) {
  auto rows = db_.prepare("SELECT json FROM records ORDER BY started_at DESC LIMIT ?");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, static_cast<std::int64_t>(most));
  std::vector<std::string> records;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) records.emplace_back(rows->text(0));
  if (!row) return tl::unexpected(row.error());
  return records;
}

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
  struct pruning {
    const char* sql;
    time older_than;
    std::int64_t most;
    std::int64_t* allowed;  // null: as many as there are
  };
  std::int64_t deleted = 0;
  for (const auto& what :
       {pruning{prune_events, now - kept_for, std::min(events_a_step, left.events), &left.events},
        pruning{prune_records, now - kept_for, std::min(records_a_step, left.records), &left.records},
        pruning{prune_checkpoints, now - ended_kept_for, left.checkpoints ? records_a_step : 0, nullptr}}) {
    auto prepared = db_.prepare(what.sql);
    if (!prepared) return tl::unexpected(prepared.error());
    if (auto done = prepared->bind(1, in_ms(what.older_than)).bind(2, what.most).run(); !done)
      return tl::unexpected(done.error());
    deleted += db_.changed_rows();
    if (what.allowed != nullptr) *what.allowed -= db_.changed_rows();
  }
  return deleted > 0;
}

call_database::result<bool> call_database::erase_traces() {
  const auto busy = db_.read_number("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!busy) return tl::unexpected(busy.error());
  return *busy == 0;
}

}  // namespace tonris::actors
