#pragma once

#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "tools/bench/call_run.hpp"
#include "tools/bench/webhook_run.hpp"

namespace tonris::bench {

enum class mode : std::uint8_t { calls, idle, capacity, webhooks };

/// What the command line asked for.
struct options {
  mode what = mode::calls;
  std::string gateway;  ///< path of tonris; "" with only a relay
  std::string relay;    ///< path of tonris-relay; "" without
  bool tls = false;
  bool admin_door = true;
  std::string data_dir;                  ///< the gateway's; "" a new one each time
  int gateway_core = 0, bench_core = 1;  ///< -1: not pinned
  unsigned rounds = 1;
  std::string json;  ///< file to write the report to; "" none
  call_plan calls;
  std::uint32_t step = 50, to = 2000;  ///< capacity: calls.calls, then each step more, up to `to`
  webhook_plan webhooks;
};

/// What to end with instead: --help's text and 0, or a mistake and 2.
struct leave_with {
  int status = 0;
  std::string text;
};
[[nodiscard]] tl::expected<options, leave_with> read_options(int argc, const char* const* argv);

}  // namespace tonris::bench
