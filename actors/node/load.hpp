#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "actors/telemetry/metrics.hpp"
#include "model/call/end_reason.hpp"

namespace tonris::actors {

/// Of this process, from /proc; zero where that cannot be read, or no descriptor is left to read it.
[[nodiscard]] std::size_t resident_bytes();

/// How loaded this node is, and whether that is too much for one more call. Calls that are in are never asked.
/// A loop's lag is how much later than due its timer runs, smoothed over about a second: a moment's stall of the
/// machine turns nobody away, an overload that stays does. Any thread; `loop_ticked` from that loop's own.
class node_load {
 public:
  struct limits {
    std::size_t max_memory_bytes = 0;  ///< resident; 0: none
    std::chrono::milliseconds max_loop_lag{250};
  };

  using time = std::chrono::steady_clock::time_point;

  /// `memory` says how much is in use; it is asked twice a second at most, and only where there is a limit.
  node_load(limits with, std::size_t loops, std::function<std::size_t()> memory = resident_bytes);

  void loop_ticked(std::size_t loop, time now, std::chrono::milliseconds period) noexcept;

  /// The reason to refuse a new call, if there is one. One thread at a time.
  [[nodiscard]] std::optional<model::end_reason> too_much(time now = std::chrono::steady_clock::now());
  [[nodiscard]] double loop_lag_ms() const noexcept;  ///< of the slowest loop

 private:
  struct one_loop {
    std::optional<time> last;  // its own thread only
    std::atomic<double> lag_ms{0};
  };

  limits limits_;
  std::vector<std::unique_ptr<one_loop>> loops_;
  std::function<std::size_t()> read_memory_;
  std::optional<time> memory_read_at_;
  std::size_t memory_ = 0;
};

}  // namespace tonris::actors
