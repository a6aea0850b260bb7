#pragma once

#include <algorithm>
#include <chrono>

namespace tonris::actors {

/// After the agent's end_call the vendor closes; if it does not, we do: after so long without audio, or at all.
inline constexpr std::chrono::seconds goodbye_quiet_limit{5}, goodbye_limit{120};

/// An agent's goodbye: it used end_call, and may still be speaking its last words.
class goodbye {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit goodbye(time_point said) noexcept : said_(said), last_audio_(said) {}
  void audio(time_point now) noexcept { last_audio_ = now; }
  /// How long the vendor's close is waited for, by what is known now.
  [[nodiscard]] time_point until() const noexcept {
    return std::min(last_audio_ + goodbye_quiet_limit, said_ + goodbye_limit);
  }

 private:
  time_point said_, last_audio_;
};

}  // namespace tonris::actors
