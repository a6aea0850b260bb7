#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/vendor/messages.hpp"
#include "actors/vendor/metrics.hpp"
#include "config/secret.hpp"
#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::actors {

inline constexpr std::chrono::milliseconds agent_policy_limit{2000};  ///< name, connection and answer
inline constexpr std::chrono::milliseconds conversation_limit{10'000};
inline constexpr std::chrono::seconds agent_policy_life{600};  ///< then it is asked for again
inline constexpr std::chrono::seconds agent_policy_retry{30};  ///< when it could not be had
inline constexpr std::size_t max_agent_policies = 1000;

// --- to itself
struct vendor_answered {
  using travels = in_process;
  std::uint64_t request = 0;
  const net::result<net::http_response>* response = nullptr;
};
using vendor_client_door = vendor_api::extend<caf::reacts_to<vendor_answered>>;

/// ElevenLabs' REST interface: fetches signed URLs and agents' settings over kept connections, by the gateway's key or
/// by the tenant's own. Where a tenant's key cannot be opened nothing is asked: the gateway's would pay for it.
/// Loop-bound. fetch_signed_url -> signed_url_answer, always, within the time it names.
/// fetch_agent_policy -> agent_policy_answer, always, from memory where it was asked for lately.
/// fetch_agent_settings, fetch_conversation, fetch_conversations -> vendor_document, always.
class vendor_client final : public loop_bound_actor<vendor_client_door::base> {
 public:
  using http_get =
      std::function<void(const std::string& url, net::http_request request, std::chrono::milliseconds timeout,
                         std::function<void(net::result<net::http_response>)> done)>;
  struct config {
    std::string base_url;
    tonris::config::secret api_key;  ///< the gateway's
    http_get get;                    ///< net::http_client::request of this loop; tests put a fake here
    metrics* counters = nullptr;
  };

  vendor_client(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.vendor_client"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using answered = std::function<void(const net::result<net::http_response>*)>;  ///< null: this actor ends
  struct known_policy {
    agent_policy_answer answer;
    caf::actor_clock::time_point until;
    std::vector<caf::typed_response_promise<agent_policy_answer>> waiting;  ///< being fetched
  };

  using agent_and_key = std::pair<model::agent_id, std::string>;  ///< the key by its name (vendor_of)

  void get(vendor_metrics::question what, const std::string& target, const std::string& key,
           std::chrono::milliseconds at_most, answered then);
  caf::result<signed_url_answer> on(const fetch_signed_url& wanted);
  caf::result<agent_policy_answer> on(const fetch_agent_policy& wanted);
  caf::result<vendor_document> document(vendor_metrics::question what, const std::string& target,
                                        const model::tenant* tenant, std::chrono::milliseconds at_most);
  void policy_came(const agent_and_key& of, const net::result<net::http_response>* response);
  [[nodiscard]] const std::string& key_for(const model::tenant* tenant) const;

  // given
  config config_;
  // state
  std::uint64_t last_request_ = 0;
  std::map<std::uint64_t, answered> waiting_;
  std::map<agent_and_key, known_policy> policies_;
  std::shared_ptr<vendor_client*> alive_;  // what a late callback of the HTTP client finds instead of us
};

}  // namespace tonris::actors
