#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is counted of finding tenants and of keeping them.
struct tenant_store_metrics {
  enum class look_up : std::uint8_t {
    in_store,  ///< the store was asked, and has answered
    stale,     ///< it could not be asked: what was at hand was served
    mirrored,  ///< …: this node's own copy was
    failed,    ///< it could not be asked, and nothing was at hand
    refused,   ///< too many look-ups were under way
  };
  enum class write : std::uint8_t { done, declined, failed };
  enum class copy : std::uint8_t {
    kept,
    dropped,  ///< too many were waiting for the disk
    failed,
  };

  explicit tenant_store_metrics(metrics& in);

  counters_by<look_up> looked_up;
  counters_by<write> written;  ///< changes by what came of them; declined: not as it was wanted (stale, taken, …)
  counters_by<copy> copied;    ///< of tenants that were fetched from a shared store
  counter unreadable;          ///< documents that this version cannot read
};

}  // namespace tonris::actors
