#include "model/money/price_polls.hpp"

#include <algorithm>

namespace tonris::model {

std::optional<std::chrono::system_clock::time_point> next_price_poll(std::chrono::system_clock::time_point ended,
                                                                     unsigned attempts, double jitter,
                                                                     std::chrono::seconds first) noexcept {
  using std::chrono::milliseconds;
  constexpr double share = 0.1;
  milliseconds pause = first, due = pause;
  for (unsigned n = 0; n < attempts && due <= last_price_poll; ++n) {
    pause = std::min<milliseconds>(2 * pause, longest_price_pause);
    due += pause;
  }
  // What is no number from 0 to 1 adds nothing.
  const double drawn = jitter >= 0 && jitter <= 1 ? jitter : 0;
  due += milliseconds{static_cast<milliseconds::rep>(share * drawn * static_cast<double>(pause.count()))};
  return due <= last_price_poll ? std::optional{ended + due} : std::nullopt;
}

}  // namespace tonris::model
