#pragma once

#include <algorithm>
#include <cstdint>

#include "model/audio/watch.hpp"

namespace tonris::model {

/// When a caller begins to talk, and when he stops: by a look each 100 ms at whether he is loud
/// (hearing_watch::caller_is_loud). A click, a cough or a beat is no talk; a breath does not end one. No clock; never
/// allocates.
class speech_edges {
 public:
  static constexpr unsigned least_speech = hearing_watch::least_burst;  ///< ticks in a row
  static constexpr unsigned pause = hearing_watch::pause;               ///< ticks of silence behind the last loud one
  enum class edge : std::uint8_t { none, begins, stops };

  [[nodiscard]] edge tick(bool loud) noexcept {
    run_ = loud ? std::min(run_ + 1, least_speech) : 0;
    silence_ = loud ? 0 : std::min(silence_ + 1, pause);
    if (!talks_ && run_ == least_speech) return talks_ = true, edge::begins;
    if (talks_ && silence_ == pause) return talks_ = false, edge::stops;
    return edge::none;
  }

 private:
  unsigned run_ = 0, silence_ = 0;
  bool talks_ = false;
};

}  // namespace tonris::model
