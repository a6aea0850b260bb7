#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "actors/call_services.hpp"
#include "actors/messages.hpp"
#include "model/call_machine.hpp"
#include "model/call_record.hpp"
#include "model/tenant.hpp"

namespace tonris::actors {

/// One call: the state machine of model/call_machine.hpp, driven by what its legs report. Owns and supervises both
/// legs; sees events, never frames. Ordinary actor. Ends with call_finished to its supervisor, exactly once.
struct live_call {
  struct config {
    caf::actor supervisor;
    std::shared_ptr<const call_services> services;
    model::twilio::voice_request request;
    tenant_ptr tenant;
    model::agent_id agent;
  };

  static inline const char* name = "tonris.call";

  explicit live_call(caf::event_based_actor* actor) : self(actor) {}
  caf::behavior make_behavior(config with);

 private:
  void happened(model::call_event event);
  void carry_out(model::call_action action);
  void end_because(model::end_reason reason, std::string detail, model::call_event event);

  // the agent leg
  void fetch_url();
  void on_url(const signed_url_answer& answer);
  void open_agent();
  void open_agent_when_ready();
  void on(const agent_ready& ready);
  void on(const agent_leg_ended& end);
  void on(const transcript_line& line);
  void on(const transcript_correction& correction);

  // the caller leg
  void on(const caller_connected& connected);
  void on(const stream_started& started);
  void on(const caller_leg_ended& end);
  void on(const key_pressed& key);
  void tell_keys();

  void check_length();
  void on_down(const caf::down_msg& down);
  void check_legs();
  call_answer answer_connect_action(model::twilio::call_status status);
  [[nodiscard]] std::string sentence() const;
  void finish();

  caf::event_based_actor* self;
  config with_;
  model::call_record record_;
  caf::actor caller_leg_, agent_leg_;
  loop_services* loop_ = nullptr;
  std::shared_ptr<media_bridge> bridge_;
  std::shared_ptr<media_counters> counters_ = std::make_shared<media_counters>();
  std::optional<model::elevenlabs::signed_url> url_;
  caf::actor_clock::time_point url_fetched_;
  caf::actor_clock::time_point began_, ends_at_;
  std::size_t transcript_bytes_ = 0;
  bool fetching_ = false, agent_wanted_ = false;
  std::string keys_;
};

caf::behavior call_actor(caf::stateful_actor<live_call>* self, live_call::config with);

}  // namespace tonris::actors
