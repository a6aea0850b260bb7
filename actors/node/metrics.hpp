#pragma once

#include <cstddef>
#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What the node counts of itself.
struct node_metrics {
  explicit node_metrics(metrics& in);

  void tenants_read(std::size_t served, std::size_t refused) const;  ///< TENANTS_FILE; refused: for a mistake
  void tenants_unreadable() const;

  /// Of the whole process, when the figures for /metrics are gathered. By one thread at a time.
  struct process {
    std::size_t actors = 0, legs = 0, descriptors = 0, timers = 0, resident_bytes = 0;
    double loop_lag_ms = 0, gathered_seconds = 0;
  };
  void set_process(const process& now) const;

  /// Connections to our HTTP server that came to nothing since the start, over all loops. By one thread at a time.
  struct connection_errors {
    std::uint64_t full = 0, given_up = 0, bad_request = 0, oversize = 0, timeout = 0, tls = 0, accept = 0, internal = 0;
  };
  void set_connection_errors(const connection_errors& so_far) const;

 private:
  gauge tenants_reloaded_, tenants_served_, tenants_refused_;
  gauge actors_, legs_, descriptors_, timers_, resident_, lag_, gathered_;
  enum class connection_error : std::uint8_t { full, given_up, bad_request, oversize, timeout, tls, accept, internal };
  counters_by<connection_error> connection_errors_;
};

/// Shows all that a node counts from its start on, also what nothing has counted yet.
void declare_metrics(metrics& in);

}  // namespace tonris::actors
