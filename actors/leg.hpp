#pragma once

#include <string_view>

#include "actors/runtime/loop_bound.hpp"

namespace tonris::actors {

/// One side of a call: a loop-bound actor with a socket of its own, and what comes to it too often for messages. Each
/// is called through `run`, so that what it throws ends this leg and nobody else. A message would touch a dozen cache
/// lines of every call fifty times a second, and cost more than all our own work on a frame (docs/performance.md).
class leg : public loop_bound {
 public:
  using loop_bound::loop_bound;
  virtual void read(std::string_view text) = 0;     ///< a message of its socket
  virtual void hear(std::string_view payload) = 0;  ///< audio of the other leg: Base64 mu-law
  virtual void tick() = 0;                          ///< ten times a second
};

}  // namespace tonris::actors
