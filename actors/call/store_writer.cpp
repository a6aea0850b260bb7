#include "actors/call/store_writer.hpp"

#include <algorithm>
#include <utility>

#include "actors/call/metrics.hpp"
#include "actors/call/spent_metrics.hpp"

namespace tonris::actors {

namespace {

bool ends_a_call(const journal_batch& batch) {
  return !batch.records.empty() || std::ranges::any_of(batch.checkpoints, [](const auto& c) { return c.json.empty(); });
}

}  // namespace

void store_writer::woken() {
  const auto since = std::chrono::duration_cast<milliseconds>(steady::now() - last_write_);
  if (since < pause_)
    write_in(pause_ - since);
  else
    (void)write();
}

void store_writer::due() {
  reminded_ = false;
  (void)write();
}

void store_writer::write_in(milliseconds time) {
  if (!std::exchange(reminded_, true)) house_.remind(time);
}

bool store_writer::write() {
  auto* const db = house_.file.open();
  if (db == nullptr) {
    write_in(store_file::retry_wait);
    return false;
  }
  auto batch = house_.journal.take();
  house_.health.count_drops(house_.journal.dropped());
  if (batch.empty()) return true;
  const auto began = steady::now();
  const auto written = try_to_write(*db, batch);
  last_write_ = steady::now();
  pause_ = std::clamp(std::chrono::duration_cast<milliseconds>((last_write_ - began) * pause_by_cost), least_pause,
                      most_pause);
  if (written) {
    house_.journal.written();
    house_.counters.of<store_metrics>().store_written();
    house_.lost(*written);
    house_.counters.of<spent_metrics>().cost(db->cost_changed());
    house_.health.be_well("The call store is written again");
    house_.wrote(ends_a_call(batch));
    return true;
  }
  house_.counters.of<store_metrics>().store_failed();
  house_.health.be_troubled("cannot be written, it is tried again", written.error().line);
  house_.journal.put_back(std::move(batch));
  house_.health.count_drops(house_.journal.dropped());
  write_in(store_file::retry_wait);
  return false;
}

/// What the database did not get when it threw is the next life's.
call_database::result<call_database::left_out> store_writer::try_to_write(call_database& db, journal_batch& batch) {
  try {
    return db.write(batch, house_.wall_clock());
  } catch (...) {
    house_.journal.put_back(std::move(batch));
    throw;
  }
}

}  // namespace tonris::actors
