#pragma once

#include <string_view>

#include "actors/call/services.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/record.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::actors {

/// What a tenant's webhooks are told of a call (model/webhook/event.hpp), if one of them wants to know: it is left in
/// the queue of notices, and nobody waits. Told twice, it has the same id twice. A call whose caller came back ends
/// more than once, each end with an id of its own.
namespace tenant_news {

using time = model::call_record::time;

/// Does any webhook of the tenant's want to know?
[[nodiscard]] bool wanted(const model::tenant& by, model::tenant::event what);

void call_started(const call_services& services, const model::tenant& t, const model::call_checkpoint& call, time at);
/// And that it was a troubled one, where it was.
void call_ended(const call_services& services, const model::tenant& t, const model::call_checkpoint& call, time at);
/// The call was refused, or ended, for a reason that `is_limit_of_tenant`.
void limit_reached(const call_services& services, const model::tenant& t, const model::call_record& call, time at);
void voicemail_received(const call_services& services, const model::tenant& t, const model::call_record& call,
                        const model::call_record::voicemail_message& message);
/// `which` tells a call's transfers apart: "fallback", "agent1", "agent2". `number` is E.164; `why`: "not_answered",
/// "failed".
void transfer_failed(const call_services& services, const model::tenant& t, const model::call_checkpoint& call,
                     std::string_view which, std::string_view number, std::string_view why, time at);

/// One that the tenant, or the operator for him, has set: settings.limits.
[[nodiscard]] bool is_limit_of_tenant(model::end_reason why) noexcept;

}  // namespace tenant_news

}  // namespace tonris::actors
