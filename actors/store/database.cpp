/// What is read from the call database.
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

}  // namespace

net::sqlite::result<std::string> database_rows::text_of(net::sqlite::database& db, const char* sql,
                                                        const model::call_sid& call) {
  auto rows = db.prepare(sql);
  if (!rows) return tl::unexpected(rows.error());
  const auto row = rows->bind(1, call.value).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? std::string(rows->text(0)) : std::string{};
}

net::sqlite::result<void> database_rows::run_for(net::sqlite::database& db, const char* sql,
                                                 const model::call_sid& call) {
  auto done = db.prepare(sql);
  if (!done) return tl::unexpected(done.error());
  return done->bind(1, call.value).run();
}

net::sqlite::result<std::vector<model::call_sid>> database_rows::calls_in(net::sqlite::statement& rows) {
  const auto sids = net::sqlite::first_column(rows);
  if (!sids) return tl::unexpected(sids.error());
  std::vector<model::call_sid> calls;
  for (const auto& sid : *sids) calls.push_back({sid});
  return calls;
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
  const auto json = text_of(db_, select_own_record, call);
  if (!json) return tl::unexpected(json.error());
  auto record = model::parse_call_record(*json);
  if (!record) return std::nullopt;
  model::call_checkpoint state;
  state.record = std::move(*record);
  state.fallback = model::fallback_step::over;  // else there would be a checkpoint
  return state;
}

call_database::result<std::shared_ptr<model::call_filter>> call_database::finished_calls() {
  auto rows = db_.prepare("SELECT call_sid FROM records WHERE node = ''");
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

}  // namespace tonris::actors
