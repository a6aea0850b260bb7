#pragma once

#include <string>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// How much room is left where the stores write.
struct disk_metrics {
  explicit disk_metrics(metrics& in);

  /// Of now, when the figures for /metrics are gathered. A directory that is gone has no room. It asks the disk, so
  /// never on a loop; by one thread at a time.
  void gather(const std::string& data_dir) const;

 private:
  gauge free_, size_;
};

}  // namespace tonris::actors
