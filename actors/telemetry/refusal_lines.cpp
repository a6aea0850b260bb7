#include "actors/telemetry/refusal_lines.hpp"

namespace tonris::actors {

std::optional<std::uint64_t> refusal_lines::turn(metrics::refusal why) {
  auto& door = gates_[static_cast<std::size_t>(why)];
  const auto now = now_();
  auto closed_until = door.closed_until.load();
  const auto next = (now + std::chrono::seconds{1}).time_since_epoch().count();
  if (now.time_since_epoch().count() < closed_until || !door.closed_until.compare_exchange_strong(closed_until, next)) {
    ++door.untold;
    return std::nullopt;
  }
  return door.untold.exchange(0);
}

void refusal_lines::write(const std::string& words, std::uint64_t untold) {
  log::warn(
      {"Refused ", words, untold == 0 ? "" : "; as were " + std::to_string(untold) + " since the last such line"});
}

}  // namespace tonris::actors
