#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "actors/call/call_store.hpp"
#include "actors/call/store_file.hpp"
#include "actors/call/store_health.hpp"
#include "actors/store/database.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Writes what gathers in the journal into the file, and what cannot be written again later. The call store's own, on
/// its thread.
class store_writer {
 public:
  using milliseconds = std::chrono::milliseconds;

  struct house {
    store_file& file;
    call_journal& journal;
    store_health& health;
    metrics& counters;
    std::function<call_database::time()> wall_clock;
    std::function<void(milliseconds after)> remind;  ///< has `due` called after that time
    std::function<void(const call_database::left_out& lost)> lost;
    std::function<void(bool ends_a_call)> wrote;
  };
  explicit store_writer(house of) : house_(std::move(of)) {}

  void woken();  ///< something waits: it shares a transaction with what comes soon
  void due();
  /// Was all that waited written? What was not is tried again.
  bool write();

 private:
  using steady = std::chrono::steady_clock;

  void write_in(milliseconds time);
  [[nodiscard]] call_database::result<call_database::left_out> try_to_write(call_database& db, journal_batch& batch);

  // Between two transactions; what comes meanwhile shares the next, and its pages: a page that is written once for five
  // hundred calls costs as much as for one. So the more there is to write, the longer the pause.
  static constexpr milliseconds least_pause{20}, most_pause{200};
  static constexpr int pause_by_cost = 16;

  // given
  house house_;
  // state
  steady::time_point last_write_{};
  milliseconds pause_ = least_pause;
  bool reminded_ = false;  // `due` is to come
};

}  // namespace tonris::actors
