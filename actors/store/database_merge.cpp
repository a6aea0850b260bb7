/// What was deleted goes from where SQLite keeps it for a while: the full text's index, and the write-ahead log.
#include <string>
#include <utility>

#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"

namespace tonris::actors {

net::sqlite::result<void> database_rows::note_unmerged(net::sqlite::database& db) {
  return db.exec("INSERT OR IGNORE INTO unmerged VALUES (1)");
}

void call_database::words_are_gone() noexcept {
  merge_.is_behind = merge_.is_under_way;
  merge_.is_due = true;
}

/// A deleted row's words stay in the index until its parts are merged: a negative number begins to merge all. What is
/// deleted meanwhile is in parts that are not among them.
call_database::result<bool> call_database::merge_words(std::int64_t most_pages) {
  if (!merge_.is_due) return false;
  const auto before = db_.read_number("SELECT total_changes()");
  if (!before) return tl::unexpected(before.error());
  const auto pages = std::exchange(merge_.is_under_way, true) ? most_pages : -most_pages;
  if (auto done = db_.exec("INSERT INTO words (words, rank) VALUES ('merge', " + std::to_string(pages) + ")"); !done)
    return tl::unexpected(done.error());
  const auto after = db_.read_number("SELECT total_changes()");
  if (!after) return tl::unexpected(after.error());
  if (*after - *before >= 2) return true;
  merge_.is_under_way = false;
  if (std::exchange(merge_.is_behind, false)) return false;
  if (auto done = db_.exec("DELETE FROM unmerged"); !done) return tl::unexpected(done.error());
  merge_.is_due = false;
  return false;
}

call_database::result<bool> call_database::erase_traces() {
  const auto busy = db_.read_number("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!busy) return tl::unexpected(busy.error());
  return *busy == 0;
}

}  // namespace tonris::actors
