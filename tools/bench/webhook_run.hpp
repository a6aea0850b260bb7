#pragma once

#include <cstdint>

#include "tools/bench/figures.hpp"
#include "tools/bench/target.hpp"

namespace tonris::bench {

struct webhook_plan {
  std::uint32_t connections = 32;  ///< keep-alive connections
  double seconds = 10;             ///< the measured window
  double warm_up = 1;              ///< seconds before it
  double rate = 0;                 ///< requests a second on a fixed schedule (open loop); 0: as fast as answers come
  bool bad_signature = false;      ///< every request is to be refused
};

/// Starts the gateway and sends it voice webhooks, each with a CallSid of its own. Bounded in time: warm-up, window and
/// 30 s. An error only when no measurement came about.
[[nodiscard]] outcome<run_report> run_webhooks(const bench_setup& setup, const webhook_plan& plan);

}  // namespace tonris::bench
