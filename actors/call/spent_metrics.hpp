#pragma once

#include <vector>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/call/end_reason.hpp"
#include "model/money/cost_change.hpp"

namespace tonris::actors {

/// What ended calls have used, and of how they ended what their records say otherwise: whoever adds up the one comes to
/// the other.
class spent_metrics {
 public:
  explicit spent_metrics(metrics& in);

  counter seconds;                                ///< metered
  counters_by<model::end_reason> end_taken_back;  ///< it was counted, and the caller came back: none of the record's
  void cost(const model::cost_change& change) const;

 private:
  std::vector<counter> grown_, shrunk_;  ///< a counter a part of the cost
};

}  // namespace tonris::actors
