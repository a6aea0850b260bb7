#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace tonris::sim {

/// How long frames take from the caller's side to the agent's, when both are in this process and the gateway passes the
/// bytes on as they are: a frame of speech is known again by its 160 bytes. Silence, and frames that came twice, tell
/// nothing. Bounded. Pure.
class latency_probe {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  void sent(std::span<const std::uint8_t> frame, time_point now);
  void arrived(std::span<const std::uint8_t> bytes, time_point now);
  [[nodiscard]] std::size_t count() const noexcept { return took_ms_.size(); }
  [[nodiscard]] std::optional<double> percentile_ms(double share) const;  ///< 0.5, 0.99; nothing without a sample

 private:
  static constexpr std::size_t max_samples = 100'000;
  struct frame_seen {
    time_point at;
    bool ambiguous = false;
  };
  std::unordered_map<std::size_t, frame_seen> waiting_;
  std::vector<double> took_ms_;
};

}  // namespace tonris::sim
