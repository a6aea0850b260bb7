#include "actors/call/depths.hpp"

#include "actors/store/journal.hpp"

namespace tonris::actors {

call_depths::call_depths(metrics& in)
    : store_time_behind(in, "tonris_store_time_behind_seconds",
                        "How far the time by which records grow old is behind the wall clock: they are kept so much "
                        "longer than their days"),
      store_round(in, "tonris_store_retention_round_seconds",
                  "How long the round of deleting what is past its days has been under way, 0 while none is"),
      callers_in_line(in, "tonris_callers_in_line", "Callers who wait for a place now"),
      store_waiting_(in, "tonris_store_waiting", "What calls write down and is not on the disk yet"),
      store_behind_(in, "tonris_store_behind_seconds",
                    "How long the oldest of what calls write down has waited for the disk") {}

void call_depths::store_is(const journal_depth& journal, std::chrono::steady_clock::time_point now) const {
  std::chrono::duration<double> waited{0};
  if (journal.since) waited = now - *journal.since;
  store_waiting_.set(journal.waiting);
  store_behind_.set(waited.count());
}

}  // namespace tonris::actors
