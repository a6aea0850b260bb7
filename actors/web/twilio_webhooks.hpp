#pragma once

#include <caf/expected.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/admission/messages.hpp"
#include "actors/call/agent_circuits.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/dial_keeper.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/outbound/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/business_agents.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/web/messages.hpp"
#include "actors/web/refused_webhooks.hpp"
#include "model/tenant/route.hpp"

namespace tonris::actors {

struct apology_given {  // to itself
  using travels = in_process;
  model::twilio::voice_request request;
  tenant_ptr tenant;
  unsigned tries = 0;
};

/// Twilio asks what comes next of a call that goes on, and nobody here knows it. To itself: to be looked for again.
struct lost_call {
  using travels = in_process;
  model::twilio::voice_request request;
  token_holders signer;
  std::string token;
  unsigned redirects = 0;
  bool has_begun = false;  ///< what follows a lost call was under way already
  bool outbound = false;
  std::chrono::system_clock::time_point asked_at{};
  unsigned looks = 0;
};

/// Answers Twilio's webhooks, one actor a loop: voice, connect-action, call, stream and recording status, and of calls
/// that we have placed what is asked and told of them. Loop-bound;
/// the front delivers requests whose signature it has checked. Whatever happens, Twilio gets 200, text/xml and valid
/// TwiML within 3 s: what this actor does not answer, the responder's last words do. An exception ends this actor and
/// the requests it was answering; the front spawns the next one.
class twilio_webhooks final : public loop_bound {
 public:
  /// Calls of other nodes, one actor: whether those nodes live is looked after. Beyond: theirs to write down.
  static constexpr std::size_t most_awaited_holders = 1'000;

  struct config {
    std::string public_origin;  ///< "https://gw.example.com"
    model::agent_id default_agent;
    std::shared_ptr<const business_agents> business_types;  ///< null: none
    model::siphash_key draw_secret{};                       ///< callers keep their agents while it is the same
    std::shared_ptr<agent_circuits> circuits;               ///< null: every agent may be asked
    std::function<std::chrono::system_clock::time_point()> wall_clock = [] { return std::chrono::system_clock::now(); };
    tenant_registry registry;
    call_supervisor supervisor;
    admission who_may_come{};  ///< null: nobody counts
    call_store store;          ///< whose a call was that this process forgot
    std::shared_ptr<outbound_dials> dials = std::make_shared<outbound_dials>();  ///< calls that we place
    dial_keeper dials_on_disk{};                                                 ///< null: they end with this process
    dial_sharing shared_dials{};                                                 ///< null: no other node has any
    metrics* counters = nullptr;
    std::shared_ptr<refused_webhooks> refused{};
  };

  twilio_webhooks(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.twilio_webhooks"; }
  caf::behavior make_behavior() override;

 private:
  /// Who waits for an answer, and by which account of a tenant's own he asks.
  struct responder {
    std::shared_ptr<net::http_responder> to;
    std::string account{};   ///< "": the gateway's
    model::ticket ticket{};  ///< of a call that we have placed, where his address has it
    request_source from{};
    net::http_responder* operator->() const noexcept { return to.get(); }
  };
  void serve(const signed_request& request);
  static void turn_away(const signed_request& request);
  [[nodiscard]] static responder responder_of(const signed_request& request);
  [[nodiscard]] static unsigned redirects_in(std::string_view query);
  void voice(const signed_request& asked);
  static void announce(const model::twilio::voice_request& request, const tenant_ptr& tenant);
  void route(start_call wanted, const found_tenant& found, std::chrono::seconds waited, const responder& to);
  void ask_admission(const start_call& wanted, const found_tenant& found, std::chrono::seconds waited,
                     const responder& to);
  void enter(start_call wanted, const responder& to);
  void enter_unadmitted(const start_call& wanted, const found_tenant& found, const responder& to);
  void tell_to_wait(const start_call& wanted, const found_tenant& found, std::chrono::seconds waited,
                    const responder& to);
  using decide = std::function<model::call_route(const model::tenant& t, const model::route_facts& facts)>;
  [[nodiscard]] model::call_route route_of(const found_tenant& found, const model::twilio::voice_request& request,
                                           const decide& by) const;
  void leave_line(const start_call& wanted);
  // twilio_outbound.cpp: calls that the business has placed
  void outbound(const start_call& wanted, const token_holders& signer, const responder& to);
  void outbound_of_nobody(const start_call& wanted, const token_holders& signer, const responder& to);
  void outbound_of(const start_call& wanted, const model::dial& dial, const token_holders& signer, const responder& to);
  void outbound_voice(const signed_request& asked);
  void no_outbound_form(const model::form& fields, const responder& to);
  void outbound_unknown(const start_call& wanted, const token_holders& signer, const responder& to);
  void outbound_route(start_call wanted, const model::dial& dial, const found_tenant& found, const responder& to);
  void outbound_progress(const signed_request& told);
  /// A placed call is over, as Twilio says.
  struct outbound_end {
    model::twilio::voice_request call;
    model::carrier_progress said;
    std::string detail;               ///< the carrier's
    std::optional<model::dial> dial;  ///< nothing: nobody knows it
    token_holders signer;
    model::ticket ticket;
    [[nodiscard]] tell_dial last_word() const { return {ticket, call.call, false, {}, said}; }
  };
  void tell_whose_it_is(const outbound_end& end, const responder& to);  ///< another node's
  void write_down(const outbound_end& end, const responder& to);
  void outbound_answered_by(const signed_request& told);
  void refuse(const start_call& wanted, model::end_reason reason, const found_tenant& found, const responder& to);
  void next_step(const signed_request& request);
  // twilio_progress.cpp: what is told of calls that go on
  void call_progress(const model::form& fields, const responder& to);
  void stream_progress(const model::form& fields, const responder& to);
  void recording_progress(const model::form& fields, const responder& to);
  // twilio_lost_calls.cpp: what would have no record
  void ask_for_holder(const lost_call& lost, const call_answer& otherwise, const responder& to);
  void leave_to_holder(const lost_call& lost, bool is_over, const call_answer& otherwise, const responder& to);
  void if_unrecorded(const lost_call& lost, const std::function<void()>& then, const std::function<void()>& otherwise);
  void look_later(lost_call lost);
  void look_for_holder(const lost_call& lost);
  using told_lost = std::function<void(const caf::expected<call_answer>&)>;
  void write_lost(const lost_call& lost, told_lost then);
  void answer_lost(const lost_call& lost, const call_answer& otherwise, const responder& to);
  void apologise(const model::twilio::voice_request& request, const tenant_ptr& tenant, const responder& to);
  void tell_of_apology(const apology_given& one);
  void answer(const call_answer& decided, const responder& to);
  void answer_with_stream(const model::ticket& ticket, const responder& to);
  [[nodiscard]] std::string address_of(std::string_view endpoint) const;

  const config config_;
  std::optional<std::chrono::steady_clock::time_point> admission_silent_since_;
  std::size_t awaited_holders_ = 0;
};

/// 200, text/xml: a sentence and a hang-up, for callers whom nothing else can be told. Whom a tenant calls himself is
/// told nothing: a hang-up.
[[nodiscard]] net::http_response apology(std::string_view direction = {});

}  // namespace tonris::actors
