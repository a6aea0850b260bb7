#include "actors/call/depths.hpp"

namespace tonris::actors {

call_depths::call_depths(metrics& in)
    : store_waiting(in, "tonris_store_waiting",
                    "What calls write down and the store could not write when it was tried last"),
      store_behind(in, "tonris_store_behind_seconds",
                   "How long what calls write down has been waiting for a store that cannot be written"),
      store_time_behind(in, "tonris_store_time_behind_seconds",
                        "How far the time by which records grow old is behind the wall clock: they are kept so much "
                        "longer than their days"),
      callers_in_line(in, "tonris_callers_in_line", "Callers who wait for a place now") {}

}  // namespace tonris::actors
