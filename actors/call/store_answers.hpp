#pragma once

#include <caf/make_message.hpp>  // result.hpp needs it before itself
#include <caf/result.hpp>
#include <functional>
#include <utility>

#include "actors/call/call_store.hpp"
#include "actors/call/store_file.hpp"
#include "actors/call/store_writer.hpp"
#include "actors/store/database.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is asked of the call store about calls, and answered from the file at once, with what was told until then. What
/// takes longer is read beside it (reading_beside.hpp). The store's own, on its thread.
class store_answers {
 public:
  store_answers(store_file& file, store_writer& writer, call_journal& journal, metrics& counters,
                std::function<call_database::time()> wall_clock)
      : file_(file), writer_(writer), journal_(journal), counters_(counters), wall_clock_(std::move(wall_clock)) {}

  // As far as what waits can be written.
  [[nodiscard]] caf::result<open_calls> to(const load_open_calls& asked);
  [[nodiscard]] caf::result<found_call> to(const find_call& asked);
  [[nodiscard]] caf::result<found_record> to(const find_record& asked);
  [[nodiscard]] caf::result<found_history> to(const find_history& asked);
  [[nodiscard]] caf::result<found_events> to(const find_events& asked);
  /// What is told while nothing can be written is in the journal until it can.
  [[nodiscard]] added_to_record to(const add_to_record& asked);

  // Once all that waits is written.
  [[nodiscard]] caf::result<unrecorded_calls> to(const find_unrecorded& asked);
  [[nodiscard]] caf::result<found_changed_days> to(const find_changed_days& asked);
  [[nodiscard]] caf::result<found_due_calls> to(const find_due_calls& asked);

 private:
  /// Null: it is not open.
  [[nodiscard]] call_database* with_what_can_be_written();
  /// Null: it is not open, or something could not be written.
  [[nodiscard]] call_database* with_all_written();

  store_file& file_;
  store_writer& writer_;
  call_journal& journal_;
  metrics& counters_;
  std::function<call_database::time()> wall_clock_;
};

}  // namespace tonris::actors
