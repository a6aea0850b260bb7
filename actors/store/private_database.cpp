#include "actors/store/private_database.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "net/private_file.hpp"

namespace tonris::actors {

namespace {

namespace fs = std::filesystem;
namespace sqlite = net::sqlite;

// A page that many transactions change is copied into the database once. 4,000 pages: 16 MiB of WAL.
constexpr const char* copy_back_late = "PRAGMA wal_autocheckpoint=4000";
constexpr const char* overwrite_what_is_deleted = "PRAGMA secure_delete=ON";
constexpr std::chrono::milliseconds busy_timeout{250};  // only an operator's own tools ever hold the file

bool is_full(const std::error_code& why) {
  return why == std::errc::no_space_on_device || why.value() == EDQUOT;
}

std::string advice(sqlite::error::kind is) {
  return is == sqlite::error::kind::corrupt ? "; it was left as it is: move it away to begin anew" : "";
}

/// What an operator can mend without us being told.
bool passes(sqlite::error::kind is) {
  return is == sqlite::error::kind::full || is == sqlite::error::kind::disk || is == sqlite::error::kind::busy;
}

unusable_database because(const private_database& of, std::string_view what, const sqlite::error& why) {
  return {std::string{of.called} + " " + of.path + " " + std::string{what} + ": " + why.line + advice(why.is),
          passes(why.is)};
}

tl::expected<std::int64_t, unusable_database> version_of(sqlite::database& db, const private_database& of) {
  const auto version = db.read_number("PRAGMA user_version");
  if (!version) return tl::unexpected(because(of, "cannot be read", version.error()));
  const auto known = static_cast<std::int64_t>(of.migrations.size());
  if (*version >= 0 && *version <= known) return *version;
  return tl::unexpected(unusable_database{std::string{of.called} + " " + of.path +
                                          " was written by a newer version (its schema is " + std::to_string(*version) +
                                          ", this one knows " + std::to_string(known) + ")"});
}

sqlite::result<void> migrate(sqlite::database& db, std::int64_t version, std::span<const char* const> steps) {
  for (auto v = static_cast<std::size_t>(version); v < steps.size(); ++v) {
    auto step = sqlite::transaction::begin(db);
    if (!step) return tl::unexpected(step.error());
    if (auto done = db.exec(steps[v]); !done) return done;
    if (auto done = db.exec("PRAGMA user_version=" + std::to_string(v + 1)); !done) return done;
    if (auto done = step->commit(); !done) return done;
  }
  return {};
}

tl::expected<sqlite::database, unusable_database> open_file(const private_database& of,
                                                            const sqlite::open_options& options) {
  auto db = sqlite::database::open(of.path, options);
  if (db) return std::move(*db);
  return tl::unexpected(because(of, "cannot be opened", db.error()));
}

/// SQLite gives the files beside the database the mode it has itself, but only when it makes them.
std::error_code keep_private(const std::string& path) {
  auto failed = net::keep_private(path, true);
  for (const char* beside : {"-wal", "-shm"})
    if (!failed) failed = net::keep_private(path + beside, false);
  return failed;
}

}  // namespace

tl::expected<sqlite::database, unusable_database> private_database::open() const {
  if (const auto failed = keep_private(path); failed)
    return tl::unexpected(unusable_database{
        std::string{called} + " " + path + " cannot be made private: " + failed.message(), is_full(failed)});
  auto db = open_file(*this, {.write_ahead = write_ahead, .busy_timeout = busy_timeout});
  if (!db) return db;
  const auto version = version_of(*db, *this);
  if (!version) return tl::unexpected(version.error());
  auto done = db->exec(overwrite_what_is_deleted);
  if (done) done = migrate(*db, *version, migrations);
  if (done) done = db->exec(copy_back_late);
  if (!done) return tl::unexpected(because(*this, "cannot be used", done.error()));
  return db;
}

tl::expected<sqlite::database, std::string> private_database::open_to_read() const {
  auto db = open_file(*this, {.read_only = true, .busy_timeout = busy_timeout});
  if (!db) return tl::unexpected(db.error().line);
  const auto version = version_of(*db, *this);
  if (!version) return tl::unexpected(version.error().line);
  if (*version == 0) return tl::unexpected(std::string{called} + " " + path + " holds nothing");
  return std::move(*db);
}

tl::expected<void, unusable_database> make_data_dir(const std::string& data_dir) {
  std::error_code failed;
  if (fs::create_directories(data_dir, failed)) fs::permissions(data_dir, fs::perms::owner_all, failed);
  if (!failed) return {};
  return tl::unexpected(
      unusable_database{"DATA_DIR " + data_dir + " cannot be made: " + failed.message(), is_full(failed)});
}

tl::expected<net::file_lock, unusable_database> lock_data_dir(const std::string& data_dir) {
  const auto path = path_in(data_dir, "tonris.lock");
  auto lock = net::file_lock::take(path);
  if (lock) return std::move(*lock);
  if (lock.error() == std::errc::resource_unavailable_try_again)
    return tl::unexpected(
        unusable_database{"DATA_DIR " + data_dir + " is another gateway's, which runs: each needs one of its own"});
  return tl::unexpected(unusable_database{
      "DATA_DIR " + data_dir + " cannot be locked: " + path + ": " + lock.error().message(), is_full(lock.error())});
}

std::string path_in(const std::string& data_dir, std::string_view file) {
  return (fs::path(data_dir) / file).string();
}

}  // namespace tonris::actors
