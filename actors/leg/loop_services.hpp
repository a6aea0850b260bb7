#pragma once

#include <array>
#include <atomic>
#include <caf/actor.hpp>
#include <caf/execution_unit.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/refusal_lines.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/websocket_client.hpp"

namespace tonris::actors {

class leg;

inline constexpr std::chrono::milliseconds tick_period{100};
inline constexpr std::size_t tick_parts = 10;
inline constexpr std::chrono::milliseconds tick_part_period = tick_period / tick_parts;

/// What lives once a loop and serves every call on it. Owner: the gateway. Loop thread only, but for `unit`
/// (spawning) and what says so.
struct loop_services {
  using open_socket = std::function<std::unique_ptr<net::websocket_connect>(
      const std::string& url, net::websocket_connect_options options,
      std::function<void(net::result<std::shared_ptr<net::websocket>>)> done)>;

  using socket_taken = std::function<void(std::shared_ptr<net::websocket>)>;
  using take_socket = std::function<void(std::shared_ptr<net::websocket> socket, socket_taken taken)>;

  caf::execution_unit* unit = nullptr;
  open_socket open_agent_socket;  ///< net::open_websocket on this loop; tests put a fake here
  /// Takes a socket that is not started from another loop to this one, and tells here: net::websocket::move_to. Any
  /// thread.
  take_socket take_over;
  metrics* counters = nullptr;
  std::shared_ptr<refusal_lines> refusals = std::make_shared<refusal_lines>();  ///< the gateway's loops share one

  /// Called every tick_part_period: ticks the legs of one part, so that each leg is ticked ten times a second
  /// and no frame waits for all of them at once (one timer a loop, none a call).
  void tick_next_part();
  void add_leg(leg* one);
  void remove_leg(leg* gone);
  [[nodiscard]] std::size_t legs() const noexcept { return count_; }  ///< any thread

 private:
  std::array<std::vector<leg*>, tick_parts> parts_;
  std::size_t next_to_tick_ = 0, next_to_fill_ = 0;
  std::atomic<std::size_t> count_{0};
};

}  // namespace tonris::actors
