#include "actors/store/call_list.hpp"

#include <string>
#include <string_view>

#include "model/finding/call_cursor.hpp"
#include "model/finding/call_query.hpp"
#include "model/finding/facets.hpp"
#include "model/finding/full_text.hpp"
#include "model/usage_report/judged_success.hpp"
#include "model/usage_report/usage_sums.hpp"

namespace tonris::actors::call_list {

namespace {

namespace sqlite = net::sqlite;
using model::facet;

constexpr const char* row_of_call = "SELECT id FROM calls WHERE call_sid = ?";
constexpr const char* is_taken = "SELECT 1 FROM calls WHERE id = ?";
constexpr const char* put_call =
    "INSERT OR REPLACE INTO calls (id, call_sid, tenant, direction, caller, called, agent, variant, reason, ended_by,"
    " troubled, refused, seconds, microdollars, success, has_words, node, unconverted)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* put_words = "INSERT OR REPLACE INTO words (rowid, text, whose) VALUES (?, ?, ?)";
constexpr const char* drop_words = "DELETE FROM words WHERE rowid = ?";

/// The row it has; 0: none.
sqlite::result<std::int64_t> known_row(sqlite::database& db, const model::call_sid& call) {
  auto row = db.prepare(row_of_call);
  if (!row) return tl::unexpected(row.error());
  const auto there = row->bind(1, call.value).step();
  if (!there) return tl::unexpected(there.error());
  return *there ? row->integer(0) : 0;
}

/// Its own, or behind those of calls that began in the same millisecond and have the same digits.
sqlite::result<std::int64_t> free_row(sqlite::database& db, const model::call_place& place) {
  auto taken = db.prepare(is_taken);
  if (!taken) return tl::unexpected(taken.error());
  for (auto row = number_of(place);; ++row) {
    const auto is = taken->bind(1, row).step();
    if (!is) return tl::unexpected(is.error());
    if (!*is) return row;
    taken->reset();
  }
}

/// As the vendor judged it: 1 or 0; -1: it did not.
std::int64_t success_of(const model::call_record& record) {
  const auto judged = judged_success(record);
  return judged ? std::int64_t{*judged} : -1;
}

sqlite::result<void> put_call_row(sqlite::database& db, std::int64_t row, const model::call_record& record,
                                  const model::facets& by, bool has_words) {
  auto put = db.prepare(put_call);
  if (!put) return tl::unexpected(put.error());
  const auto figures = figures_of(record);
  return put->bind(1, row)
      .bind(2, record.call.value)
      .bind(3, by[facet::tenant])
      .bind(4, record.direction)
      .bind(5, by[facet::caller])
      .bind(6, by[facet::called])
      .bind(7, by[facet::agent])
      .bind(8, by[facet::variant])
      .bind(9, by[facet::reason])
      .bind(10, by[facet::by])
      .bind(11, by[facet::trouble])
      .bind(12, std::int64_t{figures.refused})
      .bind(13, figures.seconds)
      .bind(14, figures.cost)
      .bind(15, success_of(record))
      .bind(16, std::int64_t{has_words})
      .bind(17, by[facet::node])
      .bind(18, std::int64_t{figures.unconverted})
      .run();
}

/// Also of a call without words: it is found there by what it is filtered by.
sqlite::result<void> put_text(sqlite::database& db, std::int64_t row, const std::string& text,
                              const model::facets& by) {
  auto put = db.prepare(put_words);
  if (!put) return tl::unexpected(put.error());
  const auto whose = words_of(by);
  return put->bind(1, row).bind(2, text).bind(3, whose).run();
}

sqlite::result<void> remove_text(sqlite::database& db, std::int64_t row) {
  auto gone = db.prepare(drop_words);
  if (!gone) return tl::unexpected(gone.error());
  return gone->bind(1, row).run();
}

}  // namespace

sqlite::result<void> put(sqlite::database& db, const model::call_record& record) {
  auto row = known_row(db, record.call);
  if (row && *row == 0) row = free_row(db, place_of(record));
  if (!row) return tl::unexpected(row.error());
  const auto text = searched_text(record);
  const auto by = facets_of(record);
  if (auto done = put_call_row(db, *row, record, by, !text.empty()); !done) return done;
  return put_text(db, *row, text, by);
}

sqlite::result<void> put_unreadable(sqlite::database& db, const model::call_sid& call, std::string_view tenant,
                                    model::call_record::time started) {
  model::call_record known;
  known.call = call;
  known.tenant.value = tenant;
  known.started = started;
  return put(db, known);
}

sqlite::result<void> remove(sqlite::database& db, const model::call_sid& call) {
  const auto row = known_row(db, call);
  if (!row || *row == 0) return row ? sqlite::result<void>{} : tl::unexpected(row.error());
  if (auto done = remove_text(db, *row); !done) return done;
  auto gone = db.prepare("DELETE FROM calls WHERE id = ?");
  if (!gone) return tl::unexpected(gone.error());
  return gone->bind(1, *row).run();
}

}  // namespace tonris::actors::call_list
