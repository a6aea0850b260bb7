#pragma once

#include <caf/event_based_actor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "actors/call/messages.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/vendor/twilio_messages.hpp"

namespace tonris::actors {

/// What ending a call that rings takes of the house.
struct ringing_services {
  std::shared_ptr<outbound_dials> dials;
  tenant_registry registry;
  twilio_rest twilio;
  twilio_account main;  ///< of tenants without an account of their own
  call_supervisor supervisor;
};

/// Ends a call that we have placed and nobody has answered: looks where it is, takes it back at Twilio, and where
/// somebody answers meanwhile he is hung up. Safe to repeat. On the thread of the actor that it belongs to.
class ringing_end : public std::enable_shared_from_this<ringing_end> {
 public:
  /// "": it is over, or about to be.
  using told = std::function<void(const std::string& why_not)>;
  static void begin(caf::event_based_actor* self, ringing_services house, model::dial wanted, told then);

 private:
  ringing_end(caf::event_based_actor* self, ringing_services house, model::dial wanted, told then)
      : self_(self), house_(std::move(house)), dial_(std::move(wanted)), told_(std::move(then)) {}

  void find_account();
  void look();
  void end_answered();
  void become(std::string_view status);
  void ended(std::string_view wanted, const twilio_answer& answer);

  // given
  caf::event_based_actor* self_;
  const ringing_services house_;
  const model::dial dial_;
  const told told_;

  // state
  twilio_account account_;
};

}  // namespace tonris::actors
