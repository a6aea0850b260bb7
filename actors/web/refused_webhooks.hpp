#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/refused_list.hpp"
#include "actors/web/metrics.hpp"
#include "model/finding/refused_request.hpp"
#include "net/http.hpp"

namespace tonris::actors {

/// Where a request came from, for what is found out about it later.
struct request_source {
  std::string address;     ///< of whoever sent it; where a proxy of ours did, of whom that one names
  std::string request_id;  ///< X-Request-Id, where that is a plain word
};

/// What was refused of the vendors' requests before it became a call: the one door by which it is counted and listed.
/// One for all loops. Any thread.
class refused_webhooks {
 public:
  struct config {
    metrics* counters = nullptr;
    std::vector<std::string> trusted_proxies;  ///< whose X-Forwarded-For is believed
    std::function<std::chrono::system_clock::time_point()> wall_clock = [] { return std::chrono::system_clock::now(); };
  };

  explicit refused_webhooks(config settings) : config_(std::move(settings)) {}

  [[nodiscard]] request_source source_of(const net::http_request& request) const;

  void note(web_metrics::endpoint where, web_metrics::refusal why, const request_source& from,
            const model::request_claims& says = {});

  [[nodiscard]] std::vector<model::refused_request> all() const { return list_.all(); }
  [[nodiscard]] std::chrono::system_clock::time_point now() const { return config_.wall_clock(); }

 private:
  const config config_;
  refused_list list_;
};

/// Does it say that it is Twilio's or ElevenLabs', by showing a signature, whatever that is worth?
[[nodiscard]] bool shows_vendor_signature(const net::http_request& request);
/// What a webhook says of its call, in its query or its form, where it is not too long to be looked at for nothing.
[[nodiscard]] model::request_claims claims_of_webhook(const net::http_request& request);

}  // namespace tonris::actors
