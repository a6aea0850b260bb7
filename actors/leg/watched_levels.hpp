#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/leg/level_meter.hpp"
#include "model/audio/levels.hpp"

namespace tonris::actors {

/// Measures a call's levels while somebody watches: there is one only then. The caller leg feeds it with what passes,
/// and ticks it ten times a second. Loop thread only; allocates nothing but itself.
class watched_levels {
 public:
  using time = model::played_levels::time;

  explicit watched_levels(level_meter& to) noexcept : to_(to) {}

  void caller(std::string_view payload);           ///< Base64 mu-law, so below
  void agent(std::string_view payload, time now);  ///< goes to the caller
  void cleared(time now) noexcept { agent_.cleared(now); }
  /// Each second time tells the meter, and says so.
  [[nodiscard]] bool tick(time now) noexcept;

 private:
  level_meter& to_;
  model::level_sum caller_;
  model::played_levels agent_;
  bool is_due_ = false;
  std::vector<std::uint8_t> bytes_;  // scratch, reused
};

}  // namespace tonris::actors
