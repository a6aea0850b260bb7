#include "actors/call/depths.hpp"

namespace tonris::actors {

call_depths::call_depths(metrics& in)
    : store_waiting(in, "tonris_store_waiting",
                    "What calls write down and the store could not write when it was tried last"),
      store_behind(in, "tonris_store_behind_seconds",
                   "How long what calls write down has been waiting for a store that cannot be written"),
      callers_in_line(in, "tonris_callers_in_line", "Callers who wait for a place now") {}

}  // namespace tonris::actors
