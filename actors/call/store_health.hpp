#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/call/call_store.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// How the call store is: what is said of it in the log, in `store_trouble` and in the metrics. Outlives its crashes;
/// one life at a time uses it.
class store_health {
 public:
  explicit store_health(metrics& counters) : counters_(counters) {}

  /// Until be_well. `what`: "cannot be opened, it is tried again".
  void be_troubled(std::string_view what, const std::string& why);
  void be_well(std::string_view again);
  /// In the log, once a minute at most.
  void complain(std::string_view what, const std::string& why);

  void count_drops(std::uint64_t so_far);
  /// The time by which what is kept grows old, behind the wall clock. Beyond a day it is in the log, once, and once
  /// when it is over.
  void time_is_behind(std::chrono::nanoseconds by);

  [[nodiscard]] std::shared_ptr<const store_trouble> trouble() const noexcept { return trouble_; }

 private:
  using steady = std::chrono::steady_clock;

  metrics& counters_;
  std::shared_ptr<store_trouble> trouble_ = std::make_shared<store_trouble>();
  bool is_troubled_ = false;
  std::optional<steady::time_point> last_complaint_;
  std::uint64_t drops_counted_ = 0;
  bool is_late_ = false;  ///< by more than a day
};

}  // namespace tonris::actors
