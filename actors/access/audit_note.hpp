#pragma once

#include <caf/event_based_actor.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "actors/access/messages.hpp"
#include "model/access/audit.hpp"
#include "model/access/principal.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// What the audit trail says of a change; its time is when it is written. `about` "": of no tenant. `before` and
/// `after`: JSON, as model::put_change takes them.
[[nodiscard]] model::audit_entry entry_of(const model::principal& by, std::string what,
                                          const model::tenant_id& about = {}, std::string_view before = {},
                                          std::string_view after = {});

/// What the log says where an entry cannot be written: the change is made already.
void log_as_missing(const model::audit_entry& entry);

/// Writes it into the audit trail before `then` is called, in any case and once: the change is made already, so where
/// it cannot be noted within 5 s, the log says which one is missing. On the actor's thread.
void note_then(caf::event_based_actor* self, const access_registry& access, const model::audit_entry& entry,
               std::function<void()> then);

}  // namespace tonris::actors
