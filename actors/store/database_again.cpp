/// The call database's part in what nodes share: who has missed records, and what he is sent again.
#include <limits>
#include <utility>

#include "actors/store/database.hpp"
#include "actors/store/database_rows.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
namespace sqlite = net::sqlite;

constexpr auto from_the_newest = std::numeric_limits<std::int64_t>::max();
constexpr std::chrono::minutes postponed_for{2};  // at most: a turn beyond it was set by a clock that was ahead

constexpr const char* put_asked =
    "INSERT INTO asked (node, since_ms, own, before_ms, before_row, asked_ms, turn_ms) VALUES (?1, ?2, ?3, ?4, ?4, ?5, "
    "0)"
    " ON CONFLICT (node) DO UPDATE SET since_ms = min(since_ms, ?2), own = min(own, ?3), before_ms = ?4,"
    " before_row = ?4, asked_ms = max(?5, asked_ms + 1)";
constexpr const char* drop_asked_too_many =
    "DELETE FROM asked WHERE node IN (SELECT node FROM asked ORDER BY asked_ms DESC, node LIMIT -1 OFFSET ?)";
constexpr const char* drop_asked_before = "DELETE FROM asked WHERE asked_ms < ?";
constexpr const char* next_asked =
    "SELECT node, since_ms, own, before_ms, before_row, asked_ms FROM asked WHERE turn_ms <= ?1 OR turn_ms > ?2"
    " ORDER BY turn_ms LIMIT 1";
constexpr const char* records_asked_for =
    "SELECT rowid, call_sid, tenant, node, rev, json, max(changed_ms, started_at) AS changed FROM records"
    " INDEXED BY records_by_change WHERE changed BETWEEN ?1 AND ?2 AND (changed < ?2 OR rowid < ?3)"
    " ORDER BY changed DESC, rowid DESC LIMIT ?4";
constexpr const char* own_asked_for =
    "SELECT rowid, call_sid, tenant, node, rev, json, max(changed_ms, started_at) AS changed FROM records"
    " INDEXED BY own_by_change WHERE node = '' AND changed BETWEEN ?1 AND ?2 AND (changed < ?2 OR rowid < ?3)"
    " ORDER BY changed DESC, rowid DESC LIMIT ?4";
constexpr const char* go_on_asked =
    "UPDATE asked SET before_ms = ?3, before_row = ?4, turn_ms = ?5 WHERE node = ?1 AND asked_ms = ?2";
constexpr const char* drop_answered = "DELETE FROM asked WHERE node = ?1 AND asked_ms = ?2";
constexpr const char* postpone_asked = "UPDATE asked SET turn_ms = ?2 WHERE node = ?1";

}  // namespace

call_database::result<void> call_database::be_asked(const asked& question, std::int64_t now) {
  auto put = db_.prepare(put_asked);
  if (!put) return tl::unexpected(put.error());
  put->bind(1, question.node).bind(2, in_ms(question.since)).bind(3, std::int64_t{question.own});
  if (auto done = put->bind(4, from_the_newest).bind(5, now).run(); !done) return done;
  auto drop = db_.prepare(drop_asked_too_many);
  if (!drop) return tl::unexpected(drop.error());
  return drop->bind(1, static_cast<std::int64_t>(most_asking)).run();
}

call_database::result<call_database::again_part> call_database::again(std::size_t most, std::size_t most_bytes,
                                                                      time now) {
  if (auto done = have_aged_again(); !done) return tl::unexpected(done.error());
  auto drop = db_.prepare(drop_asked_before);
  if (!drop) return tl::unexpected(drop.error());
  if (auto done = drop->bind(1, in_ms(now - asked_for)).run(); !done) return tl::unexpected(done.error());
  auto next = db_.prepare(next_asked);
  if (!next) return tl::unexpected(next.error());
  const auto is_asked = next->bind(1, in_ms(now)).bind(2, in_ms(now + postponed_for)).step();
  if (!is_asked) return tl::unexpected(is_asked.error());
  again_part part;
  if (!*is_asked) return part;
  part.node = next->text(0);
  part.upto = {next->integer(3), next->integer(4)};
  part.asked_ms = next->integer(5);
  auto rows = db_.prepare(next->integer(2) != 0 ? own_asked_for : records_asked_for);
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, next->integer(1)).bind(2, part.upto.before_ms).bind(3, part.upto.row);
  rows->bind(4, static_cast<std::int64_t>(most));
  std::size_t bytes = 0;
  auto row = rows->step();
  for (; row && *row && bytes < most_bytes; row = rows->step()) {
    auto& one = part.calls.emplace_back();
    read_record(*rows, one);
    bytes += one.json.size();
    part.upto = {one.changed_ms, rows->integer(0)};
  }
  if (!row) return tl::unexpected(row.error());
  part.is_last = !*row && part.calls.size() < most;
  for (auto& one : part.calls) {
    being_resent_.push_back(one.call);
    auto events = events_of(one.call);
    if (!events) return tl::unexpected(events.error());
    one.events = std::move(*events);
  }
  return part;
}

/// Unless it has been asked anew meanwhile, and begins again.
call_database::result<void> call_database::sent_again(const again_part& part, time now) {
  if (auto done = have_aged_again(); !done) return done;
  auto change = db_.prepare(part.is_last ? drop_answered : go_on_asked);
  if (!change) return tl::unexpected(change.error());
  change->bind(1, part.node).bind(2, part.asked_ms);
  if (!part.is_last) change->bind(3, part.upto.before_ms).bind(4, part.upto.row).bind(5, in_ms(now));
  return change->run();
}

call_database::result<void> call_database::postpone_again(const std::string& node, time until) {
  if (auto done = have_aged_again(); !done) return done;
  auto change = db_.prepare(postpone_asked);
  if (!change) return tl::unexpected(change.error());
  return change->bind(1, node).bind(2, in_ms(until)).run();
}

/// Once in a life: later ones are younger.
call_database::result<void> call_database::note_untold(time now) {
  if (!me_.empty() || untold_noted_) return {};
  auto put = db_.prepare("INSERT OR IGNORE INTO untold VALUES (1, ?)");
  if (!put) return tl::unexpected(put.error());
  return put->bind(1, in_ms(now)).run();
}

call_database::result<std::optional<call_database::time>> call_database::untold_since() {
  auto rows = db_.prepare("SELECT since_ms FROM untold");
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  return time{std::chrono::milliseconds{rows->integer(0)}};
}

call_database::result<void> call_database::all_told() {
  return db_.exec("DELETE FROM untold");
}

}  // namespace tonris::actors
