#include "actors/store/callback_database.hpp"

#include <array>
#include <utility>

#include "actors/store/prune_pace.hpp"
#include "model/text/digest.hpp"

namespace tonris::actors {

namespace {

namespace sqlite = net::sqlite;
using std::chrono::milliseconds;

constexpr std::array migrations{R"(
CREATE TABLE callbacks (conversation TEXT NOT NULL, type TEXT NOT NULL, received_at INTEGER NOT NULL,
                        due_at INTEGER, tries INTEGER NOT NULL DEFAULT 0, progress INTEGER NOT NULL DEFAULT 0,
                        call_sid TEXT NOT NULL DEFAULT '', body_bytes INTEGER NOT NULL, body TEXT NOT NULL,
                        audio_file TEXT NOT NULL, audio_bytes INTEGER NOT NULL,
                        PRIMARY KEY (conversation, type));
CREATE INDEX callbacks_due ON callbacks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX callbacks_waiting ON callbacks (progress) WHERE progress = 0;
CREATE INDEX callbacks_of_nobody ON callbacks (progress) WHERE progress = 3;
CREATE INDEX callbacks_by_age ON callbacks (received_at);
)",
                                "CREATE INDEX callbacks_of_call ON callbacks (call_sid)",
                                // What is done with has no body; forgotten: digests of ids.
                                R"(
UPDATE callbacks SET audio_file = '', audio_bytes = 0 WHERE due_at IS NULL AND call_sid = '';
ALTER TABLE callbacks ADD COLUMN polled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX callbacks_with_audio ON callbacks (call_sid) WHERE audio_file <> '';
CREATE TABLE forgotten (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX forgotten_by_time ON forgotten (at_ms);
)"};

std::int64_t in_ms(callback_database::time at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

callback_database::time from_ms(std::int64_t ms) {
  return callback_database::time{milliseconds{ms}};
}

}  // namespace

tl::expected<callback_database, unusable_database> callback_database::open(const std::string& data_dir) {
  auto db = private_database{"The store of callbacks", path_in(data_dir, "callbacks.db"), migrations}.open();
  if (!db) return tl::unexpected(std::move(db.error()));
  // What the life before had told may not have been written there.
  const auto told_anew = db->exec("UPDATE callbacks SET due_at = received_at WHERE progress = " +
                                  std::to_string(static_cast<int>(progress::told)));
  if (!told_anew)
    return tl::unexpected(
        unusable_database{"The store of callbacks cannot be written: " + told_anew.error().line, true});
  callback_database opened(std::move(*db));
  if (const auto room = opened.measure(); !room)
    return tl::unexpected(unusable_database{"The store of callbacks cannot be read: " + room.error().line, true});
  return opened;
}

callback_database::result<callback_database::kept> callback_database::keep(const callback& what) {
  const auto forgotten = is_forgotten(what);
  if (!forgotten) return tl::unexpected(forgotten.error());
  if (*forgotten) return kept::forgotten;
  const auto size = static_cast<std::int64_t>(what.body.size());
  if (bodies_ + size > max_bodies_bytes) return kept::full;
  auto put = db_.prepare(
      "INSERT OR IGNORE INTO callbacks"
      " (conversation, type, received_at, due_at, body, audio_file, audio_bytes, body_bytes, call_sid, polled)"
      " VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  if (!put) return tl::unexpected(put.error());
  put->bind(1, what.of.conversation).bind(2, what.of.type).bind(3, in_ms(what.received)).bind(4, what.body);
  put->bind(5, what.audio_file).bind(6, static_cast<std::int64_t>(what.audio_bytes)).bind(7, size);
  if (auto done = put->bind(8, what.call.value).bind(9, std::int64_t{what.is_polled}).run(); !done)
    return tl::unexpected(done.error());
  if (db_.changed_rows() == 0) return kept::known;
  bodies_ += size;
  return kept::yes;
}

callback_database::result<void> callback_database::measure() {
  const auto bytes = db_.read_number("SELECT coalesce(sum(body_bytes), 0) FROM callbacks WHERE due_at IS NOT NULL");
  if (!bytes) return tl::unexpected(bytes.error());
  bodies_ = *bytes;
  return {};
}

callback_database::result<std::optional<callback_database::callback>> callback_database::next_due(time now) {
  auto rows = db_.prepare(
      "SELECT conversation, type, received_at, body, audio_file, audio_bytes, tries, progress, polled FROM callbacks"
      " WHERE due_at <= ?1 ORDER BY due_at LIMIT 1");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, in_ms(now)).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  callback found;
  found.of = {std::string{rows->text(0)}, std::string{rows->text(1)}};
  found.received = from_ms(rows->integer(2));
  found.body = rows->text(3);
  found.audio_file = rows->text(4);
  found.audio_bytes = static_cast<std::uint64_t>(rows->integer(5));
  found.tries = static_cast<unsigned>(rows->integer(6));
  found.is = static_cast<progress>(rows->integer(7));
  found.is_polled = rows->integer(8) != 0;
  return found;
}

callback_database::result<std::optional<callback_database::time>> callback_database::next_time() {
  const auto due = db_.read_number("SELECT coalesce(min(due_at), -1) FROM callbacks WHERE due_at IS NOT NULL");
  if (!due) return tl::unexpected(due.error());
  if (*due < 0) return std::nullopt;
  return from_ms(*due);
}

callback_database::result<std::string> callback_database::settle(const key& of, const settlement& how) {
  const bool is_over = how.to == progress::done || how.to == progress::nobodys;
  auto known =
      db_.prepare("SELECT body_bytes, audio_file, call_sid FROM callbacks WHERE conversation = ?1 AND type = ?2");
  if (!known) return tl::unexpected(known.error());
  const auto is_there = known->bind(1, of.conversation).bind(2, of.type).step();
  if (!is_there) return tl::unexpected(is_there.error());
  if (!*is_there) return std::string{};  // it was deleted meanwhile
  const bool is_somebodys = how.to != progress::nobodys && !(known->text(2).empty() && how.call.empty());
  std::string file = is_over && !is_somebodys ? std::string{known->text(1)} : std::string{};
  const auto bytes = known->integer(0);
  known->reset();
  auto row = db_.prepare(
      "UPDATE callbacks SET progress = ?3, tries = tries + ?6, due_at = nullif(?4, -1),"
      " call_sid = CASE ?5 WHEN '' THEN call_sid ELSE ?5 END, body = iif(?7, '', body),"
      " body_bytes = iif(?7, 0, body_bytes), audio_file = iif(?8, '', audio_file),"
      " audio_bytes = iif(?8, 0, audio_bytes) WHERE conversation = ?1 AND type = ?2");
  if (!row) return tl::unexpected(row.error());
  row->bind(1, of.conversation).bind(2, of.type).bind(3, static_cast<std::int64_t>(how.to));
  row->bind(4, how.again ? in_ms(*how.again) : std::int64_t{-1}).bind(5, how.call.value);
  row->bind(6, std::int64_t{how.is_a_try})
      .bind(7, std::int64_t{is_over})
      .bind(8, std::int64_t{is_over && !is_somebodys});
  if (auto done = row->run(); !done) return tl::unexpected(done.error());
  if (is_over) bodies_ -= bytes;
  return file;
}

callback_database::result<model::call_sid> callback_database::call_of(const std::string& conversation) {
  auto rows = db_.prepare("SELECT call_sid FROM callbacks WHERE conversation = ?1 AND call_sid <> '' LIMIT 1");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, conversation).step();
  if (!row) return tl::unexpected(row.error());
  return model::call_sid{*row ? std::string{rows->text(0)} : std::string{}};
}

callback_database::result<std::vector<std::string>> callback_database::files_of(const model::call_sid& call) {
  auto files = db_.prepare("SELECT audio_file FROM callbacks WHERE call_sid = ?1 AND audio_file <> ''");
  if (!files) return tl::unexpected(files.error());
  return sqlite::first_column(files->bind(1, call.value));
}

callback_database::result<std::vector<std::string>> callback_database::forget_audio(const model::call_sid& call) {
  auto names = files_of(call);
  if (!names || names->empty()) return names;
  auto gone =
      db_.prepare("UPDATE callbacks SET audio_file = '', audio_bytes = 0 WHERE call_sid = ?1 AND audio_file <> ''");
  if (!gone) return tl::unexpected(gone.error());
  if (auto done = gone->bind(1, call.value).run(); !done) return tl::unexpected(done.error());
  return names;
}

// --- what was deleted

callback_database::result<bool> callback_database::is_forgotten(const callback& what) {
  auto rows = db_.prepare("SELECT 1 FROM forgotten WHERE id IN (?1, ?2)");
  if (!rows) return tl::unexpected(rows.error());
  const auto conversation = model::sha256_hex(what.of.conversation);
  const auto call = what.call.empty() ? conversation : model::sha256_hex(what.call.value);
  return rows->bind(1, conversation).bind(2, call).step();
}

callback_database::result<void> callback_database::note_forgotten(const std::string& id, time now) {
  auto put = db_.prepare("INSERT OR REPLACE INTO forgotten VALUES (?1, ?2)");
  if (!put) return tl::unexpected(put.error());
  const auto digest = model::sha256_hex(id);
  return put->bind(1, digest).bind(2, in_ms(now)).run();
}

callback_database::result<std::vector<std::string>> callback_database::forget(
    const std::vector<model::call_sid>& calls, std::vector<model::conversation_id> conversations, time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  for (const auto& call : calls) {
    auto told = db_.prepare("SELECT DISTINCT conversation FROM callbacks WHERE call_sid = ?1");
    if (!told) return tl::unexpected(told.error());
    const auto ids = sqlite::first_column(told->bind(1, call.value));
    if (!ids) return tl::unexpected(ids.error());
    for (const auto& id : *ids) conversations.push_back({id});
    if (auto done = note_forgotten(call.value, now); !done) return tl::unexpected(done.error());
  }
  std::vector<std::string> names;
  for (const auto& one : conversations) {
    if (one.empty()) continue;
    auto files = db_.prepare("SELECT audio_file FROM callbacks WHERE conversation = ?1 AND audio_file <> ''");
    if (!files) return tl::unexpected(files.error());
    auto his = sqlite::first_column(files->bind(1, one.value));
    if (!his) return tl::unexpected(his.error());
    names.insert(names.end(), his->begin(), his->end());
    auto gone = db_.prepare("DELETE FROM callbacks WHERE conversation = ?1");
    if (!gone) return tl::unexpected(gone.error());
    auto done = gone->bind(1, one.value).run();
    if (done) done = note_forgotten(one.value, now);
    if (!done) return tl::unexpected(done.error());
  }
  auto done = all->commit();
  if (done) done = measure();
  if (done) done = erase_traces();
  if (!done) return tl::unexpected(done.error());
  return names;
}

callback_database::result<void> callback_database::erase_traces() {
  return db_.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

callback_database::result<callback_database::counts> callback_database::count() {
  const auto of = [this](progress what) {
    return db_.read_number("SELECT count(*) FROM callbacks WHERE progress = " + std::to_string(static_cast<int>(what)));
  };
  const auto waiting = of(progress::waiting), nobodys = of(progress::nobodys);
  if (!waiting) return tl::unexpected(waiting.error());
  if (!nobodys) return tl::unexpected(nobodys.error());
  return counts{*waiting, *nobodys};
}

callback_database::result<std::vector<std::string>> callback_database::prune(time now) {
  auto all = sqlite::transaction::begin(db_);
  if (!all) return tl::unexpected(all.error());
  auto old = give_up(now);
  if (!old) return tl::unexpected(old.error());
  const auto done_with =
      db_.exec("DELETE FROM callbacks WHERE rowid IN (SELECT rowid FROM callbacks WHERE received_at < " +
               std::to_string(in_ms(now - kept_for)) + " AND audio_file = '' ORDER BY received_at" +
               prune_limit("callbacks") + ")");
  if (!done_with) return tl::unexpected(done_with.error());
  // An older version kept the bodies of what it was done with: gigabytes, which nobody waits for at the start.
  const auto emptied = db_.exec(
      "UPDATE callbacks SET body = '', body_bytes = 0 WHERE rowid IN (SELECT rowid FROM callbacks"
      " WHERE due_at IS NULL AND body_bytes > 0 ORDER BY rowid" +
      prune_limit("callbacks") + ")");
  if (!emptied) return tl::unexpected(emptied.error());
  if (auto done = db_.exec("DELETE FROM forgotten WHERE at_ms < " + std::to_string(in_ms(now - forgotten_for))); !done)
    return tl::unexpected(done.error());
  // The oldest audio goes first: what is not among the newest that fit.
  const std::string beyond =
      "audio_bytes > 0 AND rowid IN (SELECT rowid FROM (SELECT rowid,"
      " sum(audio_bytes) OVER (ORDER BY received_at DESC, rowid DESC) AS so_far FROM callbacks WHERE audio_bytes > 0)"
      " WHERE so_far > " +
      std::to_string(max_audio_bytes) + ")";
  auto much = sqlite::first_column(db_, "SELECT audio_file FROM callbacks WHERE " + beyond);
  if (!much) return tl::unexpected(much.error());
  if (!much->empty())
    if (auto done = db_.exec("UPDATE callbacks SET audio_file = '', audio_bytes = 0 WHERE " + beyond); !done)
      return tl::unexpected(done.error());
  if (auto done = all->commit(); !done) return tl::unexpected(done.error());
  if (const auto room = measure(); !room) return tl::unexpected(room.error());
  old->insert(old->end(), much->begin(), much->end());
  return std::move(*old);
}

/// What nobody could be told of for a day, or whose audio is nobody's.
callback_database::result<std::vector<std::string>> callback_database::give_up(time now) {
  const std::string due = "rowid IN (SELECT rowid FROM callbacks WHERE due_at IS NOT NULL AND received_at < " +
                          std::to_string(in_ms(now - waits_for)) + " ORDER BY received_at" + prune_limit("callbacks") +
                          ")";
  auto files = sqlite::first_column(db_, "SELECT audio_file FROM callbacks WHERE audio_file <> '' AND " + due);
  if (!files) return files;
  auto done = db_.exec("UPDATE callbacks SET progress = " + std::to_string(static_cast<int>(progress::nobodys)) +
                       ", due_at = NULL, body = '', body_bytes = 0, audio_file = '', audio_bytes = 0 WHERE " + due);
  if (!done) return tl::unexpected(done.error());
  return files;
}

callback_database::result<std::vector<model::call_sid>> callback_database::calls_with_audio(
    const model::call_sid& behind, time before, std::size_t most) {
  auto rows = db_.prepare(
      "SELECT DISTINCT call_sid FROM callbacks WHERE audio_file <> '' AND call_sid > ?1 AND due_at IS NULL"
      " AND received_at < ?2 ORDER BY call_sid LIMIT ?3");
  if (!rows) return tl::unexpected(rows.error());
  const auto sids =
      sqlite::first_column(rows->bind(1, behind.value).bind(2, in_ms(before)).bind(3, static_cast<std::int64_t>(most)));
  if (!sids) return tl::unexpected(sids.error());
  std::vector<model::call_sid> calls;
  for (const auto& sid : *sids) calls.push_back({sid});
  return calls;
}

callback_database::result<std::vector<std::string>> callback_database::audio_files() {
  return sqlite::first_column(db_, "SELECT audio_file FROM callbacks WHERE audio_file <> ''");
}

}  // namespace tonris::actors
