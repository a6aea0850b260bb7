#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tonris::model {

/// Mean level of mu-law in dBFS, where a sine that just is not clipped is 0: `silence_dbfs` for silence and for
/// nothing.
inline constexpr double silence_dbfs = -90;

/// How loud audio is, piece by piece. Never allocates.
class level_sum {
 public:
  void add(std::span<const std::uint8_t> ulaw) noexcept;
  [[nodiscard]] double dbfs() const noexcept;

 private:
  double energy_ = 0;
  std::uint64_t samples_ = 0;
};

/// How loud what the caller hears of the agent is, by the time at which it is played: the agent speaks faster than in
/// real time. Slices of a fifth of a second, a minute ahead; of what is further ahead nothing is known. No clock; never
/// allocates.
class played_levels {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds slice{200};
  static constexpr std::size_t most = 300;

  /// Is played behind all that came before, from now on at the soonest.
  void add(std::span<const std::uint8_t> ulaw, time now) noexcept;
  void cleared(time now) noexcept;                     ///< what is not played yet never is
  [[nodiscard]] double dbfs(time now) const noexcept;  ///< of the last whole slice before `now`

 private:
  struct one {
    std::int64_t number = -1;
    level_sum loud;
  };
  [[nodiscard]] one& at(std::int64_t number) noexcept;

  std::array<one, most> slices_{};  // ring
  time until_{};
};

}  // namespace tonris::model
