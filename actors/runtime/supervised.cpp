#include "actors/runtime/supervised.hpp"

#include <utility>

#include "actors/runtime/metrics.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace supervision = model::supervision;

std::chrono::milliseconds part_restarts::wait_after_crash(caf::actor_clock::time_point now) {
  part_.counters->of<actor_metrics>().node_part_restarted(part_.name);
  const auto verdict = budget_.take(now);
  if (verdict.granted)
    return verdict.attempt == 0 ? std::chrono::milliseconds{0} : supervision::backoff(verdict.attempt, part_.random());
  if (healthy_)
    log::error("The {part} crashes again and again; this node is not ready until it stays up", {{"part", part_.name}});
  be_healthy(false);
  return supervision::most_backoff;
}

bool part_restarts::bring_up(const std::function<void()>& spawn) {
  try {
    spawn();
  } catch (const std::exception& why) {  // no memory, no thread
    log::error("The {part} crashed and cannot be restarted yet: {why}", {{"part", part_.name}, {"why", why.what()}});
    be_healthy(false);
    return false;
  }
  log::error("The {part} crashed and is restarted", {{"part", part_.name}});
  be_healthy(true);
  return true;
}

void part_restarts::be_healthy(bool now) {
  if (std::exchange(healthy_, now) != now) part_.healthy(now);
}

}  // namespace tonris::actors
