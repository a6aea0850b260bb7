#pragma once

#include <caf/actor_system.hpp>
#include <memory>
#include <string>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/web/node_report.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

/// The doors for machines and operators: /health, /ready, /metrics, /api/calls. They stand beside Twilio's, or, where
/// ADMIN_PORT is set, /metrics and the API behind that port only. What is asked is checked here and answered by others,
/// off the loop. Loop thread only.
class admin_front {
 public:
  struct config {
    std::string admin_token;    ///< "": the administration API is off
    std::string metrics_token;  ///< "": /metrics is for whoever reaches it
    bool operators_too = true;  ///< false: only /health and /ready are here
    node_reporter report;
    call_supervisor supervisor;
    call_store store;  ///< what was written of calls that this process forgot
    caf::actor_system* system = nullptr;
    metrics* counters = nullptr;
  };

  explicit admin_front(config with) : with_(std::move(with)) {}

  /// Whatever the request is for: the last door.
  void handle(const net::http_request& request, net::http_responder responder);

 private:
  void report(const net::http_request& request, report_wanted::what wanted, net::http_responder responder);
  void calls(const net::http_request& request, net::http_responder responder);
  void describe(const model::call_sid& call, std::shared_ptr<net::http_responder> to);
  void tell_events(const model::call_sid& call, std::shared_ptr<net::http_responder> to);

  config with_;
};

}  // namespace tonris::actors
