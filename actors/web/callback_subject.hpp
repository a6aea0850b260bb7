#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/call/call_store.hpp"
#include "actors/call/conversation_index.hpp"
#include "actors/call/messages.hpp"
#include "actors/tenant/messages.hpp"
#include "model/call/record.hpp"

namespace tonris::actors {

/// What a request of ElevenLabs' names; "" where it does not.
struct callback_names {
  model::call_sid call;
  model::conversation_id conversation;
  std::string called;       ///< the number
  model::tenant_id tenant;  ///< its claim
};
/// Whom it is about. Only a call's own tenant is ever asked about a call.
struct callback_subject {
  tenant_ptr tenant;                         ///< null: nobody is known
  std::optional<model::call_record> record;  ///< of the call, as it is now
};
struct callback_sources {
  call_supervisor supervisor;
  call_store store;
  tenant_registry registry;
  std::shared_ptr<const conversation_index> conversations;
};

/// By the call, else by its conversation, else by the called number, else by the tenant's id. Each look-up may take
/// `limit`; what does not answer by then is not known. `then` once, in `self`.
void find_subject(caf::event_based_actor* self, const callback_sources& in, const callback_names& names,
                  std::chrono::milliseconds limit, std::function<void(callback_subject)> then);

}  // namespace tonris::actors
