#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/node/trouble.hpp"
#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What the node counts of itself.
struct node_metrics {
  explicit node_metrics(metrics& in);

  void tenants_read(std::size_t served, std::size_t refused) const;  ///< TENANTS_FILE; refused: for a mistake
  void tenants_unreadable() const;

  void may_have(std::size_t calls) const;  ///< at once

  /// Of now, when the figures for /metrics are gathered. By one thread at a time.
  struct figures {
    std::size_t actors = 0, legs = 0, timers = 0, connections = 0, log_lines_waiting = 0, log_lines_dropped = 0;
    double loop_lag_seconds = 0, gathered_seconds = 0;
  };
  void set(const figures& now) const;
  void part_is_degraded(node_trouble part, bool now) const;

  /// Connections to our HTTP server that came to nothing since the start, over all loops. By one thread at a time.
  struct connection_errors {
    std::uint64_t full = 0, given_up = 0, bad_request = 0, oversize = 0, timeout = 0, tls = 0, accept = 0, internal = 0;
  };
  void set_connection_errors(const connection_errors& so_far) const;

 private:
  gauge tenants_reloaded_, tenants_served_, tenants_refused_;
  gauge build_, capacity_;
  gauge actors_, legs_, timers_, connections_, lag_, log_waiting_, gathered_;
  counter log_dropped_;
  std::vector<gauge> degraded_;  // by node_trouble
  enum class connection_error : std::uint8_t { full, given_up, bad_request, oversize, timeout, tls, accept, internal };
  counters_by<connection_error> connection_errors_;
};

/// Shows all that a node counts from its start on, also what nothing has counted yet.
void declare_metrics(metrics& in);

}  // namespace tonris::actors
