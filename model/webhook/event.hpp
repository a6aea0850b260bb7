#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "model/call/record.hpp"
#include "model/tenant/tenant.hpp"
#include "model/usage_report/experiment.hpp"

namespace tonris::model {

/// What a tenant's webhooks are sent: the body, {"type":"call.ended","timestamp":"…Z","data":{…}}, compact JSON, a few
/// kilobytes at most. Numbers are whole: the calls are the tenant's own. No word of what was said is in it.
namespace webhook_events {

using time = std::chrono::system_clock::time_point;

[[nodiscard]] std::string call_started(time at, const call_record& call);
/// Also its length, how it ended and who caused it, the conversations' ids (the newest 10), interruptions, restarts,
/// and how far its fallback came.
[[nodiscard]] std::string call_ended(time at, const call_record& call);
/// As call_ended, of a call that was no ordinary one.
[[nodiscard]] std::string call_troubled(time at, const call_record& call);
[[nodiscard]] std::string voicemail_received(time at, const call_record& call,
                                             const call_record::voicemail_message& message);

struct failed_transfer {
  std::string_view number;  ///< E.164, or as the agent wrote it where it was refused
  std::string_view why;     ///< a verdict ("premium") or Twilio's word ("no-answer", "busy", "failed")
};
[[nodiscard]] std::string transfer_failed(time at, const call_record& call, const failed_transfer& what);

/// A call was refused, or ended, by a limit: `limit` is the reason's word ("tenant_busy", "month_minutes").
[[nodiscard]] std::string limit_reached(time at, const call_record& call, std::string_view limit);

/// A variant of the tenant's lost, and gets no more calls: about no call, so that none is in it.
[[nodiscard]] std::string experiment_stopped(time at, const tenant_id& of, const experiment::loss& lost);

}  // namespace webhook_events

/// The names of those of a tenant's webhooks that want to be told that.
[[nodiscard]] std::vector<std::string> webhooks_told_of(const tenant& t, tenant::event what);

/// `webhook-id` of one event for one webhook: the same however often it is sent, and after a restart; nobody else's.
/// `subject` is what it happened to: the call's SID, a recording's, a variant's name and when.
[[nodiscard]] std::string webhook_message_id(const tenant_id& tenant, std::string_view webhook, tenant::event what,
                                             std::string_view subject);

}  // namespace tonris::model
