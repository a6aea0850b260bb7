/// What is read from the call database, and what goes from it because of its age.
#include "actors/store/database.hpp"

#include <algorithm>
#include <utility>

#include "actors/store/database_rows.hpp"

namespace tonris::actors {

namespace {

using namespace database_rows;
using std::chrono::milliseconds;

constexpr const char* select_events =
    "SELECT at_ms, what, detail FROM (SELECT * FROM events WHERE call_sid = ? ORDER BY id DESC LIMIT ?)"
    " ORDER BY at_ms, id";

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

}  // namespace

net::sqlite::result<std::string> database_rows::text_of(net::sqlite::database& db, const char* sql,
                                                        const model::call_sid& call) {
  auto rows = db.prepare(sql);
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, call.value).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? std::string(rows->text(0)) : std::string{};
}

// --- reading

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
  return net::sqlite::first_column(rows->bind(1, static_cast<std::int64_t>(most)));
}

call_database::result<std::vector<std::string>> call_database::records_of(const model::tenant_id& tenant,
                                                                          const std::string& caller, std::size_t most) {
  // The expression is the index's, to the letter.
  auto rows = db_.prepare(
      "SELECT json FROM records WHERE tenant = ?1"
      " AND CASE WHEN json_valid(json) THEN json_extract(json, '$.from') END = ?2"
      " ORDER BY started_at DESC LIMIT ?3");
  if (!rows) return tl::unexpected(rows.error());
  return net::sqlite::first_column(
      rows->bind(1, tenant.value).bind(2, caller).bind(3, static_cast<std::int64_t>(most)));
}

// --- pruning

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
