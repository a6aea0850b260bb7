#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace tonris::model {

/// Which tool calls of a conversation were answered: a second result for one id may end it
/// (docs/protocols/elevenlabs.md#tools). Keeps a hash of the newest ids: what an agent sends takes no memory to speak
/// of, and a call without tools none.
class answered_calls {
 public:
  static constexpr std::size_t remembered = 256;

  /// True once an id.
  [[nodiscard]] bool is_first(std::string_view tool_call_id) {
    const std::size_t id = std::hash<std::string_view>{}(tool_call_id);
    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) return false;
    if (ids_.size() < remembered) {
      ids_.push_back(id);
    } else {
      ids_[oldest_] = id;
      oldest_ = (oldest_ + 1) % remembered;
    }
    return true;
  }

 private:
  std::vector<std::size_t> ids_;
  std::size_t oldest_ = 0;
};

}  // namespace tonris::model
