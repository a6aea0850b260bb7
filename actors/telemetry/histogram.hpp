#pragma once

#include <chrono>
#include <memory>
#include <span>

#include "actors/telemetry/metric.hpp"

namespace prometheus {
class Histogram;
}

namespace tonris::actors {

// How long things take, each so many counted at or below each of `bounds`, in seconds, ascending. Handles as those of
// metric.hpp; where two declare the same name the bounds are the first one's.

/// Takes a lock for as long as an addition takes. Less than nothing counts as nothing.
class histogram {
 public:
  histogram(metrics& in, const char* name, const char* help, std::span<const double> bounds,
            const metric_labels& labels = {});
  void operator()(std::chrono::nanoseconds took) const;

 private:
  prometheus::Histogram* histogram_;
};

/// For where frames go: counts without a lock, and shows it when the figures are gathered.
class frame_histogram {
 public:
  frame_histogram(metrics& in, const char* name, const char* help, std::span<const double> bounds);
  void operator()(std::chrono::nanoseconds took) const noexcept;
  /// What has come since the last time. One thread at a time.
  void gather() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace tonris::actors
