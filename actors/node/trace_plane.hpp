#pragma once

#include <caf/actor_system.hpp>
#include <memory>

#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/trace/exporter.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace tonris::actors {

/// Where a collector is told of calls that have ended: a loop beside all others, with a client and a resolver of its
/// own, so that whatever a collector or its name server does is in no frame's way, and in no other name's.
class trace_plane {
 public:
  /// `told.send` is the plane's own business.
  trace_plane(caf::actor_system& system, std::shared_ptr<net::tls_client_context> tls, trace_exporter::config told,
              node_part part);
  ~trace_plane();  ///< no actor lives on it any more
  trace_plane(const trace_plane&) = delete;
  trace_plane& operator=(const trace_plane&) = delete;

  [[nodiscard]] const trace_telling& telling() const noexcept { return telling_; }

 private:
  net::loop loop_;
  io_loop unit_;
  std::unique_ptr<net::http_client> client_;  ///< loop thread only
  trace_telling telling_;
};

}  // namespace tonris::actors
