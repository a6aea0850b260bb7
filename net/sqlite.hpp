#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace tonris::net::sqlite {

/// SQLite 3 with owners and values for errors. Blocks on the disk: never on a loop. One database and its statements
/// belong to one thread at a time; statements must not outlive their database.

struct error {
  enum class kind : std::uint8_t {
    cannot_open,  ///< no such file or directory, or no permission
    corrupt,      ///< no database, or a broken one
    read_only,    ///< the file, its directory or its file system may not be written
    full,         ///< the disk, a quota, or the database's own limit
    busy,         ///< another connection held it for longer than busy_timeout
    disk,         ///< reading or writing failed
    other,
  };
  kind is = kind::other;
  std::string line;  ///< one line, SQLite's own words; never a bound value
};
template <class T>
using result = tl::expected<T, error>;

class statement {
 public:
  /// Parameters count from 1. A value that cannot be bound is reported by the next step. Texts and blobs are not
  /// copied: they must live until the statement is reset.
  statement& bind(int parameter, std::string_view text);
  statement& bind(int parameter, std::int64_t number);
  statement& bind(int parameter, double number);
  statement& bind(int parameter, std::span<const std::byte> blob);

  [[nodiscard]] result<bool> step();  ///< is there a row?
  [[nodiscard]] result<void> run();   ///< to the end, then reset: for what answers no rows
  void reset();                       ///< to be bound and stepped anew

  /// Columns of the row, from 0; NULL reads as "" or 0. Views are good until the next step or reset.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const;

 private:
  friend class database;
  struct finalize {
    void operator()(sqlite3_stmt* s) const noexcept;
  };
  explicit statement(sqlite3_stmt* s) : statement_(s) {}

  std::unique_ptr<sqlite3_stmt, finalize> statement_;
  int bind_failure_ = 0;
};

struct open_options {
  bool read_only = false;  ///< then the file has to be there, and nothing about it is changed
  /// WAL: writing is cheap and never in a reader's way. Without it each commit waits for the disk, and what is there
  /// can be read while the disk is full.
  bool write_ahead = true;
  std::chrono::milliseconds busy_timeout{5000};  ///< how long to wait for another connection's lock
};

class database {
 public:
  /// The directory has to be there. With WAL synchronous=NORMAL: a crash of the process loses nothing that was
  /// committed, a power cut perhaps the last commits, and neither breaks the file; without it (a journal that is rolled
  /// back, synchronous=FULL) a power cut loses nothing either. A file that is no database is left as it is.
  [[nodiscard]] static result<database> open(const std::string& path, const open_options& options = {});

  [[nodiscard]] result<void> exec(const std::string& sql);  ///< one statement or several; rows are dropped
  [[nodiscard]] result<statement> prepare(std::string_view sql);
  [[nodiscard]] result<std::int64_t> read_number(std::string_view sql);  ///< the first column of the first row, else 0
  [[nodiscard]] std::int64_t changed_rows() const noexcept;              ///< by the last statement that changes rows

 private:
  struct close {
    void operator()(sqlite3* db) const noexcept;
  };
  explicit database(sqlite3* db) : db_(db) {}

  std::unique_ptr<sqlite3, close> db_;
};

/// The first column of every row that is left, as text.
[[nodiscard]] result<std::vector<std::string>> first_column(statement& rows);
[[nodiscard]] result<std::vector<std::string>> first_column(database& db, std::string_view sql);

/// All or nothing: what is not committed when it goes out of scope is undone.
class transaction {
 public:
  [[nodiscard]] static result<transaction> begin(database& db);
  transaction(transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  transaction& operator=(transaction&&) = delete;
  ~transaction();

  [[nodiscard]] result<void> commit();

 private:
  explicit transaction(database& db) : db_(&db) {}
  database* db_;
};

}  // namespace tonris::net::sqlite
