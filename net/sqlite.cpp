#include "net/sqlite.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <climits>
#include <string>
#include <utility>

namespace tonris::net::sqlite {

namespace {

error::kind kind_of(int code) noexcept {
  switch (code & 0xFF) {
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return error::kind::cannot_open;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return error::kind::corrupt;
    case SQLITE_READONLY: return error::kind::read_only;
    case SQLITE_FULL: return error::kind::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return error::kind::busy;
    case SQLITE_IOERR: return error::kind::disk;
    default: return error::kind::other;
  }
}

bool is_out_of_space(int error_number) noexcept {
  return error_number == ENOSPC || error_number == EDQUOT;
}

tl::unexpected<error> failure(int code, sqlite3* db) {
  // Without a handle there is only the code's own text.
  if (db == nullptr) return tl::unexpected(error{kind_of(code), sqlite3_errstr(code)});
  const auto kind = kind_of(code);
  // Where a file next to the database cannot be made or grow SQLite only says that it cannot be opened or written.
  const bool full =
      (kind == error::kind::cannot_open || kind == error::kind::disk) && is_out_of_space(sqlite3_system_errno(db));
  if (full) return tl::unexpected(error{error::kind::full, std::string{sqlite3_errmsg(db)} + ": no space is left"});
  return tl::unexpected(error{kind, sqlite3_errmsg(db)});
}

}  // namespace

void statement::finalize::operator()(sqlite3_stmt* s) const noexcept {
  sqlite3_finalize(s);
}

statement& statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL, and an empty view may have one.
  const char* const data = text.data() == nullptr ? "" : text.data();
  const int code = sqlite3_bind_text64(statement_.get(), parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_failure_ = code;
  return *this;
}

statement& statement::bind(int parameter, std::int64_t number) {
  const int code = sqlite3_bind_int64(statement_.get(), parameter, number);
  if (code != SQLITE_OK) bind_failure_ = code;
  return *this;
}

statement& statement::bind(int parameter, double number) {
  const int code = sqlite3_bind_double(statement_.get(), parameter, number);
  if (code != SQLITE_OK) bind_failure_ = code;
  return *this;
}

statement& statement::bind(int parameter, std::span<const std::byte> blob) {
  const void* const data = blob.data() == nullptr ? "" : static_cast<const void*>(blob.data());
  const int code = sqlite3_bind_blob64(statement_.get(), parameter, data, blob.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) bind_failure_ = code;
  return *this;
}

result<bool> statement::step() {
  if (bind_failure_ != 0) return failure(bind_failure_, nullptr);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(code, sqlite3_db_handle(statement_.get()));
}

result<void> statement::run() {
  auto row = step();
  while (row && *row) row = step();
  reset();
  if (!row) return tl::unexpected(std::move(row.error()));
  return {};
}

void statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bind_failure_ = 0;
}

std::string_view statement::text(int column) const {
  const auto* const data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::span<const std::byte> statement::blob(int column) const {
  const auto* const data = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void database::close::operator()(sqlite3* db) const noexcept {
  sqlite3_close_v2(db);
}

result<database> database::open(const std::string& path, const open_options& options) {
  sqlite3* handle = nullptr;
  const int mode = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  database db(handle);
  if (code != SQLITE_OK) return failure(code, handle);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
  // SQLite opens lazily: the first statement is what reads the file.
  auto readable = db.exec("PRAGMA schema_version");
  if (readable && !options.read_only)
    readable = db.exec(options.write_ahead ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
                                           : "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL");
  if (!readable) return tl::unexpected(std::move(readable.error()));
  return db;
}

result<void> database::exec(const std::string& sql) {
  const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, db_.get());
  return {};
}

result<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* made = nullptr;
  if (sql.size() > INT_MAX) return failure(SQLITE_TOOBIG, nullptr);
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &made, nullptr);
  if (code != SQLITE_OK) return failure(code, db_.get());
  if (made == nullptr) return failure(SQLITE_MISUSE, nullptr);  // nothing but white space
  return statement(made);
}

result<std::int64_t> database::read_number(std::string_view sql) {
  auto asked = prepare(sql);
  if (!asked) return tl::unexpected(std::move(asked.error()));
  const auto row = asked->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? asked->integer(0) : 0;
}

std::int64_t database::changed_rows() const noexcept {
  return sqlite3_changes64(db_.get());
}

result<std::vector<std::string>> first_column(statement& rows) {
  std::vector<std::string> texts;
  auto row = rows.step();
  for (; row && *row; row = rows.step()) texts.emplace_back(rows.text(0));
  if (!row) return tl::unexpected(row.error());
  return texts;
}

result<std::vector<std::string>> first_column(database& db, std::string_view sql) {
  auto rows = db.prepare(sql);
  if (!rows) return tl::unexpected(rows.error());
  return first_column(*rows);
}

result<transaction> transaction::begin(database& db) {
  // Immediate: a lock that cannot be had is refused here, not in the middle.
  auto begun = db.exec("BEGIN IMMEDIATE");
  if (!begun) return tl::unexpected(std::move(begun.error()));
  return transaction(db);
}

transaction::~transaction() {
  // Some failures (a full disk) have undone it already; that there is nothing to undo is no news.
  if (db_ != nullptr) (void)db_->exec("ROLLBACK");
}

result<void> transaction::commit() {
  auto done = db_->exec("COMMIT");
  if (done) db_ = nullptr;
  return done;
}

}  // namespace tonris::net::sqlite
