#include "actors/experiment/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view outcomes[] = {"undecided", "stopped", "overtaken", "failed"};

}  // namespace

experiment_metrics::experiment_metrics(metrics& in)
    : looks(in, "tonris_experiments_total", "What came of looking at a tenant's experiment", "outcome", outcomes) {}

}  // namespace tonris::actors
