#pragma once

#include <cstdint>

namespace tonris::bench {

/// Watches the sequence numbers of one flow arrive: what is missing, what came late, what came twice. Remembers the
/// last 64 numbers; what is older than that and comes again counts as late.
class flow_check {
 public:
  enum class verdict : std::uint8_t { in_order, after_gap, late, twice };
  verdict arrived(std::uint32_t sequence) noexcept;

  [[nodiscard]] std::uint64_t received() const noexcept { return received_; }  ///< without what came twice
  [[nodiscard]] std::uint64_t late() const noexcept { return late_; }          ///< overtaken by a later frame
  [[nodiscard]] std::uint64_t twice() const noexcept { return twice_; }
  /// Of `sent` frames, those that have not arrived.
  [[nodiscard]] std::uint64_t missing(std::uint64_t sent) const noexcept {
    return sent > received_ ? sent - received_ : 0;
  }

 private:
  std::uint64_t next_ = 0;  ///< one above the highest number seen
  std::uint64_t seen_ = 0;  ///< bit i: next_ - 1 - i has arrived
  std::uint64_t received_ = 0, late_ = 0, twice_ = 0;
};

}  // namespace tonris::bench
