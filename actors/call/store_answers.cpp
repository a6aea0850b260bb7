#include "actors/call/store_answers.hpp"

#include <utility>

#include "actors/call/metrics.hpp"
#include "actors/telemetry/log.hpp"
#include "model/call/later_fact.hpp"

namespace tonris::actors {

call_database* store_answers::with_what_can_be_written() {
  auto* const db = file_.open();
  if (db != nullptr) (void)writer_.write();
  return db;
}

call_database* store_answers::with_all_written() {
  auto* const db = file_.open();
  return db != nullptr && writer_.write() ? db : nullptr;
}

caf::result<open_calls> store_answers::to(const load_open_calls&) {
  auto* const db = with_what_can_be_written();
  if (db == nullptr) return store_file::unavailable();
  auto found = file_.or_nothing(db->checkpoints());
  if (found.unreadable > 0) {
    (void)file_.or_nothing(db->drop_unreadable());
    counters_.of<store_metrics>().store_dropped(found.unreadable);
    log::error("The call store held {unreadable} checkpoints that nobody can read", {{"unreadable", found.unreadable}});
  }
  return open_calls{std::move(found.calls), found.unreadable, file_.or_nothing(db->finished_calls())};
}

caf::result<found_call> store_answers::to(const find_call& asked) {
  auto* const db = with_what_can_be_written();
  if (db == nullptr) return store_file::unavailable();
  auto found = db->call_of(asked.call);
  if (!found) return file_.unreadable(found.error());
  return found_call{std::move(*found)};
}

caf::result<found_record> store_answers::to(const find_record& asked) {
  auto* const db = with_what_can_be_written();
  if (db == nullptr) return store_file::unavailable();
  return found_record{file_.or_nothing(db->record_of(asked.call))};
}

caf::result<found_history> store_answers::to(const find_history& asked) {
  auto* const db = with_what_can_be_written();
  if (db == nullptr) return store_file::unavailable();
  return found_history{file_.or_nothing(db->records_of(asked.tenant, asked.caller, asked.most))};
}

caf::result<found_events> store_answers::to(const find_events& asked) {
  auto* const db = with_what_can_be_written();
  if (db == nullptr) return store_file::unavailable();
  return found_events{file_.or_nothing(db->events_of(asked.call))};
}

added_to_record store_answers::to(const add_to_record& asked) {
  (void)writer_.write();
  added_to_record added;
  if (auto* const db = file_.open(); db != nullptr) {
    auto record = model::parse_call_record(file_.or_nothing(db->record_of(asked.fact.call)));
    if (record && model::add_fact(*record, asked.fact.what)) added.json = to_json(*record);
  }
  journal_.fact(asked.fact);
  (void)writer_.write();
  return added;
}

caf::result<unrecorded_calls> store_answers::to(const find_unrecorded& asked) {
  auto* const db = with_all_written();
  if (db == nullptr) return store_file::unavailable();
  auto found = db->unrecorded(asked.calls);
  if (!found) return file_.unreadable(found.error());
  return unrecorded_calls{std::move(*found)};
}

caf::result<found_changed_days> store_answers::to(const find_changed_days& asked) {
  auto* const db = with_all_written();
  if (db == nullptr) return store_file::unavailable();
  auto found = db->changed_days(asked.before);
  if (!found) return file_.unreadable(found.error());
  return found_changed_days{std::move(*found)};
}

caf::result<found_due_calls> store_answers::to(const find_due_calls& asked) {
  auto* const db = with_all_written();
  if (db == nullptr) return store_file::unavailable();
  const auto as_of = db->aged(wall_clock_());
  if (!as_of) return file_.unreadable(as_of.error());
  if (!*as_of) return found_due_calls{};
  auto due = db->due(**as_of, asked.behind, asked.most);
  if (!due) return file_.unreadable(due.error());
  found_due_calls found{{}, std::move(due->upto), !due->is_last};
  for (auto& one : due->calls) found.records.push_back(std::move(one.json));
  return found;
}

}  // namespace tonris::actors
