#include "actors/access/audit_note.hpp"

#include <chrono>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{5};

}  // namespace

void log_as_missing(const model::audit_entry& entry) {
  if (entry.tenant.empty())
    return log::error("{change} by {who} is not in the audit trail: it cannot be written",
                      {{"change", entry.what}, {"who", entry.who}});
  log::error("{change} of tenant {tenant} by {who} is not in the audit trail: it cannot be written",
             {{"change", entry.what}, {"tenant", entry.tenant}, {"who", entry.who}});
}

model::audit_entry entry_of(const model::principal& by, std::string what, const model::tenant_id& about,
                            std::string_view before, std::string_view after) {
  model::audit_entry entry;
  entry.who = name_of(by);
  entry.what = std::move(what);
  entry.tenant = about;
  put_change(before, after, entry);
  return entry;
}

void note_then(caf::event_based_actor* self, const access_registry& access, const model::audit_entry& entry,
               std::function<void()> then) {
  ask(self, access, answer_limit, note_change{entry})
      .then([then](const change_noted&) { then(); },
            [then, entry](const caf::error&) {
              log_as_missing(entry);
              then();
            });
}

}  // namespace tonris::actors
