#include "actors/telemetry/refusal_lines.hpp"

#include "actors/telemetry/log.hpp"

namespace tonris::actors {

std::optional<std::uint64_t> refusal_lines::turn(std::size_t why) {
  auto& door = gates_[why % most_reasons];
  const auto now = now_();
  auto closed_until = door.closed_until.load();
  const auto next = (now + between_lines).time_since_epoch().count();
  if (now.time_since_epoch().count() < closed_until || !door.closed_until.compare_exchange_strong(closed_until, next)) {
    ++door.untold;
    return std::nullopt;
  }
  return door.untold.exchange(0);
}

void refusal_lines::write(const std::string& words, std::uint64_t untold) {
  if (untold == 0) return log::warn("Refused {request}", {{"request", words}});
  log::warn("Refused {request}; as were {untold} since the last such line", {{"request", words}, {"untold", untold}});
}

}  // namespace tonris::actors
