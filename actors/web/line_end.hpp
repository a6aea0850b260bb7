#pragma once

#include <caf/event_based_actor.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "actors/tenant/messages.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// What ending a call at Twilio takes of the house.
struct line_services {
  tenant_registry registry;
  twilio_rest twilio;
  twilio_account main;  ///< of tenants without an account of their own
};
/// A call as Twilio has it.
struct line_at_twilio {
  model::call_sid call;
  model::tenant_id tenant;
  model::account_sid account;  ///< "": the tenant's
};

/// Has Twilio end a call, whatever it does with it there, and tells: "", it is over, or why it may not be. Safe to
/// repeat. On the thread of `self`.
void end_line(caf::event_based_actor* self, const line_services& house, const line_at_twilio& line,
              std::function<void(const std::string& why_not)> told);

/// The answer to a status that a call was to get: "", the call is over, or why it may not be.
[[nodiscard]] std::string why_it_goes_on(const twilio_answer& answer);
/// "Twilio answered with status 500".
[[nodiscard]] std::string in_short(const twilio_answer& answer);

}  // namespace tonris::actors
