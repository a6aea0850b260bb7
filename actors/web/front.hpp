#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/leg/loop_services.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/web/messages.hpp"
#include "actors/web/twilio_webhooks.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

/// Twilio's doors, one front a loop: finds out what a request is for, checks that it may, and hands it on. Signatures
/// are checked here, on the loop, against addresses made from configuration; a wrong one is 403 and costs nothing more.
/// Loop thread only.
class http_front {
 public:
  struct config {
    std::string public_origin;
    std::vector<std::string> auth_tokens;  ///< Twilio's, any of them
    std::string account_sid;
    std::vector<std::string> trusted_proxies;  ///< only their forwarded headers are believed
    net::http_server::handler others;          ///< what is not Twilio's
    twilio_webhooks::config webhooks;
    loop_services* services = nullptr;
    caf::actor_system* system = nullptr;
  };

  explicit http_front(config with);
  ~http_front();

  void handle(net::http_request request, net::http_responder responder);

 private:
  using endpoint = metrics::endpoint;

  void twilio_webhook(endpoint where, signed_request::what what, net::http_request& request,
                      net::http_responder responder);
  void media_stream(const net::http_request& request, net::http_responder responder);
  [[nodiscard]] bool is_trusted(const net::http_request& request) const;
  [[nodiscard]] bool signed_by_twilio(endpoint where, const net::http_request& request,
                                      const model::twilio::form& fields);
  [[nodiscard]] std::vector<std::string> candidates(endpoint where, const net::http_request& request) const;
  void refuse(endpoint where, metrics::refusal why, const net::http_request& request, std::string_view account,
              net::http_responder& responder);
  [[nodiscard]] std::string words(endpoint where, metrics::refusal why, const net::http_request& request,
                                  std::string_view account) const;

  config with_;
  loop_bound* webhooks_ = nullptr;
  caf::actor webhooks_handle_;
  void spawn_webhooks();
};

}  // namespace tonris::actors
