#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/refusal_lines.hpp"
#include "actors/tenant/account_tokens.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/refused_webhooks.hpp"
#include "model/twilio/webhook.hpp"
#include "net/http.hpp"

namespace tonris::actors {

/// Is it Twilio who asks, and for our account? Signatures are checked on the loop, against addresses made from
/// configuration. Whoever is refused gets a 403 and nothing else; the log says why, for whoever has to find out which
/// side is set up wrong. Loop thread only.
class twilio_signatures {
 public:
  struct config {
    std::string public_origin;             ///< "https://gw.example.com"
    std::vector<std::string> auth_tokens;  ///< any of them
    std::string account_sid;
    std::vector<std::string> trusted_proxies;          ///< only their forwarded headers are believed
    std::shared_ptr<const account_tokens> accounts{};  ///< tenants' own; null: there are none
    metrics* counters = nullptr;
    std::shared_ptr<refusal_lines> refusals;
    std::shared_ptr<refused_webhooks> refused;
  };

  explicit twilio_signatures(config settings) : accounts_(settings.accounts), config_(std::move(settings)) {}

  /// Of a webhook: its form goes into `fields`, and into `signer` the tenants whose own account's token signed it. A
  /// tenant's account is asked for by what the body says, which proves nothing: the signature does. False: refused,
  /// which is counted and said.
  [[nodiscard]] bool allow_webhook(web_metrics::endpoint where, const net::http_request& request, model::form& fields,
                                   token_holders& signer);
  [[nodiscard]] bool allow_stream(const net::http_request& request);  ///< of a media stream's opening

  struct look {
    std::string expected_url;  ///< what it is checked against first
    bool holds = false;        ///< with one of the gateway's own tokens
    bool is_from_trusted_proxy = false;
  };
  /// What became of a webhook's signature, without refusing or counting anything.
  [[nodiscard]] look look_at(const net::http_request& request) const;

 private:
  using endpoint = web_metrics::endpoint;

  /// Which tokens an account signs with.
  struct signers {
    web_metrics::account whose;
    std::span<const std::string> tokens;
  };

  /// Its place among them; nothing: none of them did, which is counted.
  [[nodiscard]] std::optional<std::size_t> token_that_signed(endpoint where, const net::http_request& request,
                                                             const model::form& fields, const signers& by) const;
  /// One that tries whether signatures come through says nothing of Twilio's: it is counted nowhere.
  [[nodiscard]] bool is_of_doctor(const net::http_request& request) const;
  [[nodiscard]] std::vector<std::string> candidates(endpoint where, const net::http_request& request) const;
  [[nodiscard]] bool is_trusted(const net::http_request& request) const;
  /// `signs`: whose tokens it should have been signed with, where those are a tenant's.
  bool refuse(endpoint where, web_metrics::refusal why, const net::http_request& request,
              const model::request_claims& says, std::string_view signs = {}) const;
  [[nodiscard]] std::string words(endpoint where, web_metrics::refusal why, const net::http_request& request,
                                  std::string_view account) const;

  account_tokens::reader accounts_;
  const config config_;
};

}  // namespace tonris::actors
