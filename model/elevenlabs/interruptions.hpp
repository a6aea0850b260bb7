#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace tonris::model {

/// Which of the agent's audio an interruption makes void (docs/protocols/elevenlabs.md#interruption): what has a lower
/// id, and what has its own id where some of that came before it. N may as well be the id of the next turn, none of
/// which was sent yet: that one is played. Ids only order; whether they count turns or chunks is not said. No clock, no
/// socket.
class interruptions {
 public:
  /// Audio of this id came. Is it to be played?
  [[nodiscard]] bool admits(std::int64_t id) noexcept {
    if (id < latest_ || (id == latest_ && cut_)) return false;
    if (id != seen_[newest_]) remember(id);
    return true;
  }

  /// An earlier id than the latest changes nothing.
  void interrupted(std::int64_t id) noexcept {
    if (id > latest_) cut_ = false;
    latest_ = std::max(latest_, id);
    cut_ = cut_ || std::find(seen_.begin(), seen_.end(), latest_) != seen_.end();
  }

 private:
  void remember(std::int64_t id) noexcept {
    newest_ = (newest_ + 1) % seen_.size();
    seen_[newest_] = id;
  }

  std::int64_t latest_ = -1;
  bool cut_ = false;  ///< of the latest id, audio came before its interruption
  std::array<std::int64_t, 8> seen_{-1, -1, -1, -1, -1, -1, -1, -1};  ///< the newest ids; an older one comes no more
  std::size_t newest_ = 0;
};

}  // namespace tonris::model
