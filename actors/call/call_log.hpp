#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "actors/telemetry/log.hpp"
#include "actors/tenant/messages.hpp"
#include "model/call/record.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::actors::call_log {

/// Lines about one call: "Call CA… (salon-1, +15550100002): words", with its fields and `more`. The called number is
/// the business's own and stands whole; a caller's never does.
void write(log::level at, const model::call_record& call, log::text words, std::span<const log::field> more = {});
void debug(const model::call_record& call, log::text words, std::initializer_list<log::field> more = {});
void info(const model::call_record& call, log::text words, std::initializer_list<log::field> more = {});
void warn(const model::call_record& call, log::text words, std::initializer_list<log::field> more = {});
void error(const model::call_record& call, log::text words, std::initializer_list<log::field> more = {});
void error(const model::twilio::voice_request& request, const tenant_ptr& tenant, log::text words);
/// Of a call whose record is not at hand; without a tenant, where none is known.
void warn(const model::call_sid& call, const tenant_ptr& tenant, log::text words);

/// Whose line it is: call, tenant, to and agent. For lines whose words are kept to the letter; views what it is given.
[[nodiscard]] std::vector<log::field> whose(const model::call_record& call);
[[nodiscard]] std::vector<log::field> whose(const model::twilio::voice_request& request, const tenant_ptr& tenant);

/// As loud as the reason deserves: INFO where it is ordinary, WARN where a call was lost, ERROR where an operator has
/// to do something.
[[nodiscard]] log::level level_of(model::end_reason reason) noexcept;
/// The call's last line: how and by whom it ended, at the level of its reason or of its trouble.
void ended(const model::call_record& call);
/// It was answered with a sentence at the webhook.
void refused(const model::call_record& call);

}  // namespace tonris::actors::call_log
