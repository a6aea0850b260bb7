#pragma once

#include <string>
#include <string_view>

#include "actors/call/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/web/messages.hpp"

namespace tonris::actors {

/// Answers Twilio's webhooks, one actor a loop: voice, connect-action, call, stream and recording status. Loop-bound;
/// the front delivers requests whose signature it has checked. Whatever happens, Twilio gets 200, text/xml and valid
/// TwiML within 3 s: what this actor does not answer, the responder's last words do. An exception ends this actor and
/// the requests it was answering; the front spawns the next one.
class twilio_webhooks final : public loop_bound {
 public:
  struct config {
    std::string public_origin;  ///< "https://gw.example.com"
    model::agent_id default_agent;
    tenant_registry registry;
    call_supervisor supervisor;
    metrics* counters = nullptr;
  };

  twilio_webhooks(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.twilio_webhooks"; }
  caf::behavior make_behavior() override;

 private:
  using responder = std::shared_ptr<net::http_responder>;
  void voice(const signed_request& asked);
  static void announce(const model::twilio::voice_request& request, const tenant_ptr& tenant);
  void route(start_call wanted, const found_tenant& found, const responder& to);
  void outbound(const start_call& wanted, const responder& to);
  void refuse(const start_call& wanted, model::end_reason reason, const found_tenant& found, const responder& to);
  void next_step(const signed_request& request);
  void call_progress(const model::twilio::form& fields, const responder& to);
  void stream_progress(const model::twilio::form& fields, const responder& to);
  void recording_progress(const model::twilio::form& fields, const responder& to);
  void apologise(const model::twilio::voice_request& request, const tenant_ptr& tenant, const responder& to);
  void answer(const call_answer& decided, const responder& to);
  void answer_with_stream(const model::ticket& ticket, const responder& to);
  [[nodiscard]] std::string address_of(std::string_view endpoint) const;

  const config config_;
};

/// 200, text/xml: a sentence and a hang-up, for callers whom nothing else can be told. Whom a tenant calls himself is
/// told nothing: a hang-up.
[[nodiscard]] net::http_response apology(std::string_view direction = {});

}  // namespace tonris::actors
