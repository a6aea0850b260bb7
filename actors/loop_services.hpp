#pragma once

#include <caf/actor.hpp>
#include <caf/execution_unit.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/metrics.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/websocket_client.hpp"

namespace tonris::actors {

class leg;

/// What lives once a loop and serves every call on it. Owner: the gateway. Loop thread only, but for `unit` (spawning).
struct loop_services {
  using open_socket = std::function<std::unique_ptr<net::websocket_connect>(
      const std::string& url, net::websocket_connect_options options,
      std::function<void(net::result<std::shared_ptr<net::websocket>>)> done)>;

  caf::execution_unit* unit = nullptr;
  open_socket open_agent_socket;  ///< net::open_websocket on this loop; tests put a fake here
  metrics* counters = nullptr;

  /// Ticks every leg that asked for it, ten times a second (one timer a loop, none a call).
  void tick();
  void add_leg(leg* one) { legs_.push_back(one); }
  void remove_leg(leg* gone);

 private:
  std::vector<leg*> legs_;
};

inline constexpr std::chrono::milliseconds tick_period{100};

}  // namespace tonris::actors
