#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace tonris::actors {

/// What is refused of Twilio's requests leaves a line, so that the commonest first mistake can be seen; but strangers
/// cause it as well, so that it is one line a second and a reason at most, which says how many went without. One for
/// all loops. Any thread.
class refusal_lines {
 public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t most_reasons = 16;
  static constexpr std::chrono::seconds between_lines{1};
  explicit refusal_lines(std::function<clock::time_point()> now = clock::now) : now_(std::move(now)) {}

  /// `why`: of an enumeration with `most_reasons` values at most. `words` is asked only when the line is written:
  /// "POST /path: why".
  template <class Reason, class Words>
  void say(Reason why, Words words) {
    if (const auto untold = turn(static_cast<std::size_t>(why))) write(words(), *untold);
  }

 private:
  struct gate {
    std::atomic<clock::rep> closed_until{clock::time_point::min().time_since_epoch().count()};
    std::atomic<std::uint64_t> untold{0};
  };
  /// How many went without a line since the last one; nothing: this one does, too.
  [[nodiscard]] std::optional<std::uint64_t> turn(std::size_t why);
  static void write(const std::string& words, std::uint64_t untold);

  std::function<clock::time_point()> now_;
  std::array<gate, most_reasons> gates_;
};

}  // namespace tonris::actors
