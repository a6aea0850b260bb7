#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/execution_unit.hpp>
#include <caf/expected.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "actors/access/messages.hpp"
#include "actors/admission/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/conversation_index.hpp"
#include "actors/call/live_board.hpp"
#include "actors/call/messages.hpp"
#include "actors/drift/messages.hpp"
#include "actors/notice/messages.hpp"
#include "actors/recording/messages.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/tenant/mirror.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/tool/messages.hpp"
#include "actors/web/call_watchers.hpp"
#include "actors/web/elevenlabs_signatures.hpp"
#include "actors/web/late_answers.hpp"
#include "actors/web/messages.hpp"
#include "actors/web/node_report.hpp"
#include "actors/web/number_work.hpp"
#include "actors/web/post_call.hpp"
#include "actors/web/refused_webhooks.hpp"
#include "actors/web/request_context.hpp"
#include "actors/web/router.hpp"
#include "actors/web/stream_echo.hpp"
#include "actors/web/twilio_signatures.hpp"
#include "actors/web/twilio_webhooks.hpp"
#include "model/access/failed_attempts.hpp"
#include "model/access/field_seal.hpp"
#include "model/usage/rates.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

/// What stands behind a door, one a loop: finds a request's route, checks that who asks may, and hands it on. What is
/// wrong costs nothing more. Nothing is answered on the loop that takes longer. Loop thread only, but for `body_plan`.
class http_front {
 public:
  struct config {
    door at = door::everyone;
    std::string admin_token;    ///< "": the administration API is off, for tenants as well
    std::string metrics_token;  ///< "": /metrics is for whoever reaches it
    node_reporter report;
    call_supervisor supervisor;
    std::shared_ptr<live_board> live;       ///< calls that go on
    std::shared_ptr<call_journal> journal;  ///< of the store
    std::shared_ptr<const model::rate_card> rates;
    call_watchers watchers;
    call_store store;  ///< what was written of calls that this process forgot
    tenant_store tenants;
    tenant_mirror mirror;                           ///< of a shared store; null: none
    std::shared_ptr<const model::field_seal> seal;  ///< of tenants' secrets
    std::function<model::aead_nonce()> fresh_nonce;
    tenant_registry registry;
    admission who_may_come;
    access_registry access;               ///< tenants' keys, and what was changed by whom
    notice_keeper notices;                ///< what tenants' webhooks are to be told
    drift_keeper drift{};                 ///< of days that were held against their bills; null: nobody keeps them
    call_recorder recorder{};             ///< null: nobody records
    callback_keeper callbacks{};          ///< of what ElevenLabs tells after a call; null: nobody keeps it
    number_services numbers{};            ///< at Twilio
    std::function<bool()> stops{};        ///< is this node about to stop? Null: never
    std::size_t max_late_answers = 1024;  ///< to wrong keys, which wait; more are answered at once
    caf::actor_system* system = nullptr;
    metrics* counters = nullptr;
    std::shared_ptr<refused_webhooks> refused{};  ///< shared by all doors
    twilio_webhooks::config webhooks{};           ///< beyond Twilio's door: what decides on a route
    // of Twilio's door alone
    twilio_signatures::config twilio{};
    elevenlabs_signatures::config elevenlabs{};
    std::shared_ptr<const conversation_index> conversations{};
    tool_forwarding tools{};
    caf::execution_unit* unit = nullptr;  ///< of the loop it stands on; null: Twilio does not come here
  };

  explicit http_front(config settings);
  ~http_front();
  http_front(const http_front&) = delete;
  http_front& operator=(const http_front&) = delete;

  void handle(net::http_request request, net::http_responder responder);

  /// How a request's body is taken, by its route. Any thread.
  [[nodiscard]] net::http_body_plan body_plan(const net::http_request& head) const noexcept;

  /// What its server refuses by itself, since its body is longer than its route takes. Loop thread.
  void refuse_oversize(const net::http_request& head);

  // for the routes' handlers
  [[nodiscard]] const config& settings() const noexcept { return config_; }
  [[nodiscard]] post_call_desk& post_calls() noexcept { return post_calls_; }
  [[nodiscard]] stream_echo& doctors_stream() noexcept { return echo_; }
  void deliver(signed_request webhook);  ///< to this loop's webhook actor, whichever one lives
  [[nodiscard]] twilio_signatures::look look_at_signature(const net::http_request& request) const;

 private:
  struct held_request;

  [[nodiscard]] bool allows(request_context& asked);
  [[nodiscard]] bool allows_metrics(request_context& asked);
  [[nodiscard]] bool allows_elevenlabs(request_context& asked);
  [[nodiscard]] bool allows_doctor(request_context& asked);
  void authenticate(const found_route& found, net::http_request& request, request_context& asked);
  void ask_whose_key(net::http_request& request, request_context& asked, const std::string& id);
  void go_on(held_request& held, const std::string& id, const caf::expected<checked_api_key>& checked);
  void serve_api(const found_route& found, request_context& asked);
  void refuse_key(request_context& asked, std::string_view id, std::string_view setting);
  void refuse_late(request_context& asked, std::string_view id, net::http_response answer);
  void handle_if_allowed(const found_route& found, request_context& asked);
  void refuse_method(request_context& asked, methods allowed);
  void count_refused(const request_context& asked, web_metrics::refusal why);
  void count_refused(const route& to, const net::http_request& request, web_metrics::refusal why);
  void refuse_nowhere(const net::http_request& request, net::http_responder& responder);
  void spawn_webhooks();

  // given
  const config config_;

  // owned
  std::optional<twilio_signatures> twilio_;
  const elevenlabs_signatures elevenlabs_;
  post_call_desk post_calls_;
  stream_echo echo_;
  const std::shared_ptr<http_front*> self_ = std::make_shared<http_front*>(this);  ///< for what comes back to it later
  caf::actor webhooks_handle_;
  loop_bound* webhooks_ = nullptr;  ///< null where Twilio does not come
  late_answers late_;

  // state
  model::failed_attempts attempts_;
  std::size_t checks_ = 0;  ///< keys that are being looked up
};

}  // namespace tonris::actors
