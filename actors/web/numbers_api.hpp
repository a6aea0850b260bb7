#pragma once

#include <caf/event_based_actor.hpp>
#include <functional>
#include <string>
#include <vector>

#include "actors/access/messages.hpp"
#include "actors/web/number_work.hpp"
#include "model/access/principal.hpp"

namespace tonris::actors {

class http_front;
struct request_context;

// /api/tenants/{id}/numbers: a tenant's numbers at Twilio, for the operator (docs/tenants.md).

void tell_numbers(http_front& at, request_context& asked);    ///< GET: where their calls go
void attach_numbers(http_front& at, request_context& asked);  ///< POST …/attach: here; {"number", "dryRun"}
void detach_numbers(http_front& at, request_context& asked);  ///< POST …/detach: where they went before

/// Does the work, and writes into the audit trail what it changed, before `then` is told. On the actor's thread.
void work_on_numbers(caf::event_based_actor* self, const number_services& house, const access_registry& access,
                     const model::principal& by, number_work::order wanted, number_work::told then);

}  // namespace tonris::actors
