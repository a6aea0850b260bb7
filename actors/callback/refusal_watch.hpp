#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Are all post-call webhooks refused? A wrong secret refuses every true event, nothing is metered, and after ten
/// failures the vendor switches the webhook off: after ten minutes of it the log has an ERROR, and again each ten
/// minutes. One for all loops. Any thread.
class refusal_watch {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes patience{10};

  explicit refusal_watch(metrics& counters) : counters_(counters) {}
  void accepted();
  /// One that was signed, and wrongly. Unsigned ones are strangers'.
  void refused(time now);

 private:
  metrics& counters_;
  std::mutex lock_;
  std::optional<time> since_;  ///< the first refused one after the last accepted one
  std::optional<time> said_;
};

}  // namespace tonris::actors
