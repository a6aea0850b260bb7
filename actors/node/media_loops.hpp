#pragma once

#include <caf/actor_system.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "actors/leg/loop_services.hpp"
#include "actors/node/load.hpp"
#include "actors/runtime/io_loop.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace tonris::actors {

/// One loop with what lives on it: its calls' services. Owner: media_loops.
struct media_loop {
  media_loop(std::string name, caf::actor_system& system) : loop(std::move(name)), unit(system, loop) {}

  net::loop loop;
  io_loop unit;
  loop_services services;
  std::unique_ptr<net::ticker> ticker;  ///< ticks the legs; loop thread only
  bool goes_first = false;              ///< net::take_precedence
};

/// The media plane: all loops, running from the first moment. From the thread that made it, but for what
/// says so.
class media_loops {
 public:
  struct config {
    unsigned count = 1;
    std::shared_ptr<net::tls_client_context> tls;
    metrics* counters = nullptr;
    std::shared_ptr<refusal_lines> refusals;  ///< shared by all
    node_load* load = nullptr;                ///< told of each tick
  };

  media_loops(caf::actor_system& system, const config& settings);
  ~media_loops();  ///< no actor lives on a loop any more; stops them
  media_loops(const media_loops&) = delete;
  media_loops& operator=(const media_loops&) = delete;

  [[nodiscard]] std::size_t legs() const noexcept;   ///< of all; any thread
  [[nodiscard]] loop_services* quietest() noexcept;  ///< where the fewest legs are; any thread

  /// Do they run before all other threads, or as the kernel sees fit?
  [[nodiscard]] bool go_first() const noexcept;

  /// Does each of them turn within that time?
  [[nodiscard]] bool turn_within(std::chrono::milliseconds each) const;
  void let_go();  ///< of what lives on them; they turn on, for actors that end

 private:
  std::vector<std::unique_ptr<media_loop>> loops_;
};

}  // namespace tonris::actors
