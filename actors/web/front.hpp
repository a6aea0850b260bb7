#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <optional>
#include <span>
#include <string>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/leg/loop_services.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/web/messages.hpp"
#include "actors/web/node_report.hpp"
#include "actors/web/request_context.hpp"
#include "actors/web/router.hpp"
#include "actors/web/twilio_signatures.hpp"
#include "actors/web/twilio_webhooks.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

/// What stands behind a door, one a loop: finds a request's route, checks that who asks may, and hands it on. What is
/// wrong costs nothing more. Nothing is answered on the loop that takes longer. Loop thread only, but for `body_limit`.
class http_front {
 public:
  struct config {
    door at = door::everyone;
    std::string admin_token;    ///< "": the administration API is off
    std::string metrics_token;  ///< "": /metrics is for whoever reaches it
    node_reporter report;
    call_supervisor supervisor;
    call_store store;  ///< what was written of calls that this process forgot
    caf::actor_system* system = nullptr;
    metrics* counters = nullptr;
    // of Twilio's door alone
    twilio_signatures::config twilio{};
    twilio_webhooks::config webhooks{};
    loop_services* services = nullptr;  ///< null: Twilio does not come here
  };

  explicit http_front(config settings);
  ~http_front();
  http_front(const http_front&) = delete;
  http_front& operator=(const http_front&) = delete;

  void handle(net::http_request request, net::http_responder responder);

  /// How big a body may be for that request, by its route. Any thread.
  [[nodiscard]] std::size_t body_limit(const net::http_request& head) const noexcept;

  // for the routes' handlers
  [[nodiscard]] const config& settings() const noexcept { return config_; }
  void deliver(signed_request webhook);  ///< to this loop's webhook actor, whichever one lives

 private:
  [[nodiscard]] bool allows(request_context& asked);
  [[nodiscard]] bool allows_bearer(request_context& asked, std::string_view token, std::string_view setting);
  void refuse_method(request_context& asked, methods allowed);
  void spawn_webhooks();

  // given
  const config config_;

  // owned
  const std::optional<twilio_signatures> twilio_;
  caf::actor webhooks_handle_;
  loop_bound* webhooks_ = nullptr;  ///< null where Twilio does not come
};

}  // namespace tonris::actors
