#pragma once

#include <cstddef>

namespace tonris::actors::log {

/// Lines that wait for the terminal, and those that were dropped for newer ones since the start (log.hpp). Any thread.
struct queue_figures {
  std::size_t waiting = 0, dropped = 0;
};
[[nodiscard]] queue_figures queue_now();

}  // namespace tonris::actors::log
