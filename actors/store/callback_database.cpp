#include "actors/store/callback_database.hpp"

#include <array>
#include <utility>

#include "actors/store/prune_pace.hpp"

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
                                "CREATE INDEX callbacks_of_call ON callbacks (call_sid)"};

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
  if (const auto room = opened.make_room(); !room)
    return tl::unexpected(unusable_database{"The store of callbacks cannot be read: " + room.error().line, true});
  return opened;
}

callback_database::result<callback_database::kept> callback_database::keep(const callback& what) {
  const auto size = static_cast<std::int64_t>(what.body.size());
  if (bodies_ + size > max_bodies_bytes)
    if (const auto room = make_room(); !room) return tl::unexpected(room.error());
  if (bodies_ + size > max_bodies_bytes) return kept::full;
  auto put = db_.prepare(
      "INSERT OR IGNORE INTO callbacks"
      " (conversation, type, received_at, due_at, body, audio_file, audio_bytes, body_bytes)"
      " VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)");
  if (!put) return tl::unexpected(put.error());
  put->bind(1, what.of.conversation).bind(2, what.of.type).bind(3, in_ms(what.received)).bind(4, what.body);
  put->bind(5, what.audio_file).bind(6, static_cast<std::int64_t>(what.audio_bytes)).bind(7, size);
  if (auto done = put->run(); !done) return tl::unexpected(done.error());
  if (db_.changed_rows() == 0) return kept::known;
  bodies_ += size;
  return kept::yes;
}

/// Until a quarter is free: of those that are done with the oldest bodies go, the events stay known.
callback_database::result<void> callback_database::make_room() {
  const auto bytes = db_.read_number("SELECT coalesce(sum(body_bytes), 0) FROM callbacks");
  if (!bytes) return tl::unexpected(bytes.error());
  bodies_ = *bytes;
  if (bodies_ < max_bodies_bytes) return {};
  const std::string done_with = "due_at IS NULL AND body_bytes > 0";
  auto emptied = db_.exec(
      "UPDATE callbacks SET body = '', body_bytes = 0 WHERE " + done_with +
      " AND rowid IN (SELECT rowid FROM (SELECT rowid, sum(body_bytes) OVER (ORDER BY received_at, rowid) AS so_far"
      " FROM callbacks WHERE " +
      done_with + ") WHERE so_far <= " + std::to_string(bodies_ - max_bodies_bytes / 4 * 3) + ")");
  if (!emptied) return emptied;
  const auto left = db_.read_number("SELECT coalesce(sum(body_bytes), 0) FROM callbacks");
  if (!left) return tl::unexpected(left.error());
  bodies_ = *left;
  return {};
}

callback_database::result<std::optional<callback_database::callback>> callback_database::next_due(time now) {
  auto rows = db_.prepare(
      "SELECT conversation, type, received_at, body, audio_file, audio_bytes, tries, progress FROM callbacks"
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
  return found;
}

callback_database::result<std::optional<callback_database::time>> callback_database::next_time() {
  const auto due = db_.read_number("SELECT coalesce(min(due_at), -1) FROM callbacks WHERE due_at IS NOT NULL");
  if (!due) return tl::unexpected(due.error());
  if (*due < 0) return std::nullopt;
  return from_ms(*due);
}

callback_database::result<void> callback_database::settle(const key& of, const settlement& how) {
  auto row = db_.prepare(
      "UPDATE callbacks SET progress = ?3, tries = tries + ?6, due_at = nullif(?4, -1),"
      " call_sid = CASE ?5 WHEN '' THEN call_sid ELSE ?5 END WHERE conversation = ?1 AND type = ?2");
  if (!row) return tl::unexpected(row.error());
  row->bind(1, of.conversation).bind(2, of.type).bind(3, static_cast<std::int64_t>(how.to));
  row->bind(4, how.again ? in_ms(*how.again) : std::int64_t{-1}).bind(5, how.call.value);
  row->bind(6, std::int64_t{how.is_a_try});
  return row->run();
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

callback_database::result<std::vector<std::string>> callback_database::forget(const model::call_sid& call) {
  auto names = files_of(call);
  if (!names) return names;
  auto gone = db_.prepare("DELETE FROM callbacks WHERE call_sid = ?1");
  if (!gone) return tl::unexpected(gone.error());
  if (auto done = gone->bind(1, call.value).run(); !done) return tl::unexpected(done.error());
  if (auto cut = db_.exec("PRAGMA wal_checkpoint(TRUNCATE)"); !cut) return tl::unexpected(cut.error());
  return names;
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
  const std::string due = "rowid IN (SELECT rowid FROM callbacks WHERE received_at < " +
                          std::to_string(in_ms(now - kept_for)) + " ORDER BY received_at" + prune_limit("callbacks") +
                          ")";
  auto old = sqlite::first_column(db_, "SELECT audio_file FROM callbacks WHERE audio_file <> '' AND " + due);
  if (!old) return tl::unexpected(old.error());
  if (auto done = db_.exec("DELETE FROM callbacks WHERE " + due); !done) return tl::unexpected(done.error());
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
  if (const auto room = make_room(); !room) return tl::unexpected(room.error());
  old->insert(old->end(), much->begin(), much->end());
  return std::move(*old);
}

callback_database::result<std::vector<std::string>> callback_database::audio_files() {
  return sqlite::first_column(db_, "SELECT audio_file FROM callbacks WHERE audio_file <> ''");
}

}  // namespace tonris::actors
