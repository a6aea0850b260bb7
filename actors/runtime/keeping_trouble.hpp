#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "actors/telemetry/log.hpp"

namespace tonris::actors {

/// A file that cannot be opened, read or written now: said once, and once that it is over; opening it is tried again
/// each second. Belongs to the one actor that keeps something there.
class keeping_trouble {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds retry_wait{1};

  /// "ElevenLabs' callbacks": "… cannot be kept".
  explicit keeping_trouble(std::string what) : what_(std::move(what)) {}

  [[nodiscard]] bool may_open(time now) noexcept {
    if (tried_ && now - *tried_ < retry_wait) return false;
    tried_ = now;
    return true;
  }
  /// Always false: nothing was kept.
  bool by(const std::string& why) {
    if (!std::exchange(told_, true))
      log::error("{what} cannot be kept, it is tried again: {why}", {{"what", what_}, {"why", why}});
    return false;
  }
  void ended() {
    if (std::exchange(told_, false)) log::info("{what} can be kept again", {{"what", what_}});
  }

 private:
  const std::string what_;
  std::optional<time> tried_;
  bool told_ = false;
};

}  // namespace tonris::actors
