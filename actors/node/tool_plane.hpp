#pragma once

#include <caf/actor_system.hpp>
#include <memory>

#include "actors/notice/messages.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/tool/messages.hpp"
#include "model/text/allowed_hosts.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace tonris::actors {

/// Where tenants' own servers are asked and told: a loop beside the media's, with a client and a resolver of its own,
/// so that whatever such a server or its name server does is in no frame's way, and in no other name's. Each of the two
/// has a client of its own, which calls no address that is not public, unless the operator allows it: it looks at what
/// a name means each time it connects.
class tool_plane {
 public:
  struct parts {
    node_part forwarder, sender;
    double traced_share = 0;  ///< of calls whose traces a collector is told
  };
  tool_plane(caf::actor_system& system, std::shared_ptr<net::tls_client_context> tls, model::allowed_hosts allowed,
             metrics* counters, parts part);
  ~tool_plane();  ///< no actor lives on it any more
  tool_plane(const tool_plane&) = delete;
  tool_plane& operator=(const tool_plane&) = delete;

  [[nodiscard]] const tool_forwarding& forwarding() const noexcept { return forwarding_; }
  [[nodiscard]] const notice_sending& telling() const noexcept { return telling_; }

 private:
  net::loop loop_;
  io_loop unit_;
  std::unique_ptr<net::http_client> asking_, telling_to_;  ///< loop thread only
  tool_forwarding forwarding_;
  notice_sending telling_;
};

}  // namespace tonris::actors
