#include "actors/telemetry/log_queue.hpp"

#include <spdlog/async.h>

namespace tonris::actors::log {

queue_figures queue_now() {
  const auto pool = spdlog::thread_pool();
  if (!pool) return {};  // the log has not begun, or is over
  return {pool->queue_size(), pool->overrun_counter()};
}

}  // namespace tonris::actors::log
