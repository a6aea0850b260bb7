#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tools/bench/certificate.hpp"
#include "tools/bench/child.hpp"
#include "tools/bench/outcome.hpp"
#include "tools/bench/poller.hpp"
#include "tools/bench/tls_channel.hpp"
#include "tools/bench/twilio_request.hpp"

namespace tonris::bench {

/// What stands between callers and agent.
enum class target_kind : std::uint8_t { gateway, relay };
[[nodiscard]] std::string_view to_string(target_kind kind) noexcept;

/// What all runs share.
struct bench_setup {
  std::string gateway, relay;  ///< programs; "" when not asked for
  int gateway_core = 0;
  bool tls = false;
  std::string folder;              ///< for files of the runs
  certificate_files certificates;  ///< with tls
  tls_context server, client;      ///< with tls: ours
  std::string data_dir;            ///< the gateway's, with what an earlier life left there; "": a new one
  bool admin_door = true;          ///< the gateway's API behind ADMIN_PORT, on a thread of its own; else on the loop
};

inline constexpr std::string_view bench_auth_token = "0123456789abcdef0123456789abcdef";
inline constexpr std::string_view bench_admin_token = "bench-admin-token-0123456789abcdef";
inline constexpr std::string_view bench_api_key = "bench-api-key-0123456789abcdef";

/// A gateway or a relay that we started and that answers.
struct target {
  target_kind kind{};
  child process;
  gateway_address address;
  std::uint16_t api_port = 0;  ///< a gateway's API
};

/// Starts it with an environment of its own and waits until it answers (`GET /health`; a relay: a connection), 20 s at
/// most. `agent_port` is where it finds the agent side, which must be served by `events` meanwhile.
[[nodiscard]] outcome<std::unique_ptr<target>> start_target(const bench_setup& setup, target_kind kind,
                                                            std::uint16_t agent_port, std::uint32_t max_calls,
                                                            poller& events);

}  // namespace tonris::bench
