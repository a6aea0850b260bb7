#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/callback/refusal_watch.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/refusal_lines.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/refused_webhooks.hpp"
#include "model/elevenlabs/signature.hpp"
#include "net/http.hpp"

namespace tonris::actors {

/// Is it ElevenLabs who asks? After a call it signs what it tells. Before and during one it signs nothing, but sends
/// the headers that its customer sets: there its signature or ELEVENLABS_WEBHOOK_SECRET in X-Webhook-Secret, or as a
/// Bearer, lets it in. Without a secret nobody comes in. Who is refused gets 401, and the log says why. Loop thread
/// only.
class elevenlabs_signatures {
 public:
  struct config {
    std::vector<std::string> secrets;  ///< any of them; several while rotating
    std::function<std::int64_t()> unix_now = [] {
      return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
    };
    metrics* counters = nullptr;
    std::shared_ptr<refusal_lines> refusals;
    std::shared_ptr<refused_webhooks> refused;
    std::shared_ptr<refusal_watch> watch;
  };
  using endpoint = web_metrics::endpoint;

  explicit elevenlabs_signatures(config settings) : config_(std::move(settings)) {}

  enum class proof : std::uint8_t {
    none,        ///< refused, which is counted and said
    good,        ///< the secret, or the vendor's signature
    replayable,  ///< the signature of this gateway's predecessor, which has no time in it: for tenants that ask for it
  };
  /// Of a request that is whole.
  [[nodiscard]] proof allow(endpoint where, const net::http_request& request) const;
  /// Of one whose body is still to come: to be fed with it.
  [[nodiscard]] model::elevenlabs::signature_verifier verifier(const net::http_request& request) const;
  /// What came of that: true lets it in.
  [[nodiscard]] bool passes(endpoint where, const model::elevenlabs::signature_verdict& verdict, std::string_view path,
                            const request_source& from) const;

 private:
  using check = model::elevenlabs::signature_check;

  void matched(std::size_t secret) const;
  void say(check why, std::string_view path, std::string_view wanted) const;

  const config config_;
};

/// Which call a beginning or a tool is about, as it says; of no other route, and of nothing long.
[[nodiscard]] model::request_claims claims_of_callback(web_metrics::endpoint where, const net::http_request& request);

}  // namespace tonris::actors
