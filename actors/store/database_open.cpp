/// The call database's file: where it is, whose it is, and which schema it has.
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "actors/store/database.hpp"
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
constexpr milliseconds busy_timeout{250};  // only an operator's own tools ever hold the file

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

}  // namespace tonris::actors
