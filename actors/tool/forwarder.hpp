#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tool/messages.hpp"
#include "model/text/allowed_hosts.hpp"
#include "model/text/tenant_url.hpp"
#include "model/vendor/circuit.hpp"
#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::actors {

// --- to itself
struct tool_came {
  using travels = in_process;
  std::uint64_t request = 0;
  const net::result<net::http_response>* response = nullptr;
};
using tool_forwarder_door = tool_forwarding::extend<caf::reacts_to<tool_came>>;

/// Asks tenants' own servers what their agents want to know, on a loop of its own, so that no call's audio waits for
/// them. A tenant has `most_of_a_tenant` requests under way at once and a circuit breaker a host: what goes wrong at
/// his server takes nothing from another tenant's. Redirects are not followed, answers are cut off at
/// `most_answer_bytes`, and no address is called that is not public, unless TOOL_ALLOWED_HOSTS names it: `send` looks
/// at each address just before it connects. Signed as Standard Webhooks are, with the tool's key (docs/tools.md).
/// Loop-bound.
class tool_forwarder final : public loop_bound_actor<tool_forwarder_door::base> {
 public:
  static constexpr std::size_t most_of_a_tenant = 8, most_at_once = 256;
  static constexpr std::size_t most_answer_bytes = 64 * 1024;
  /// Whatever the tenant has set: the vendor gives up after 20 s where its customer set nothing else.
  static constexpr std::chrono::milliseconds longest{19'000};

  using http_request =
      std::function<void(const std::string& url, net::http_request request, std::chrono::milliseconds timeout,
                         std::function<void(net::result<net::http_response>)> done)>;
  struct config {
    http_request send;  ///< net::http_client::request of this loop, which looks at addresses; tests put a fake here
    model::allowed_hosts allowed;
    std::function<std::int64_t()> unix_now;
    metrics* counters = nullptr;
    double traced_share = 0;  ///< of calls whose traces are told: 0 without a collector
  };

  tool_forwarder(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.tool_forwarder"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  struct open_request {
    forward_tool wanted;
    model::circuit_breakers::key server;
    caf::typed_response_promise<forwarded_tool> to;
    caf::actor_clock::time_point until;
    bool tried_again = false;
  };

  caf::result<forwarded_tool> on(const forward_tool& wanted);
  [[nodiscard]] std::string trace_parent_of(const forward_tool& wanted) const;
  void send_request(std::uint64_t request, const open_request& one);
  void came(std::uint64_t request, const net::result<net::http_response>& response);
  void settle(open_request& one, model::elevenlabs::tool_answer answer);

  // given
  config config_;
  // state
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, open_request> open_;
  std::map<model::tenant_id, std::size_t> of_tenant_;
  model::circuit_breakers circuits_;
  std::shared_ptr<tool_forwarder*> alive_;  // what a late callback of the HTTP client finds instead of us
};

}  // namespace tonris::actors
