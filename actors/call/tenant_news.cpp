#include "actors/call/tenant_news.hpp"

#include <string>
#include <utility>

#include "model/webhook/event.hpp"

namespace tonris::actors::tenant_news {

namespace {

using model::end_reason;
using model::tenant;
using event = tenant::event;

/// `write` makes the body, and is asked only where somebody wants it.
template <class Write>
void tell(const call_services& services, const tenant& t, event what, const model::call_sid& call, std::string subject,
          Write write) {
  auto names = model::webhooks_told_of(t, what);
  if (names.empty()) return;
  services.notices->add({t.id, std::move(names), what, call, std::move(subject), write()});
}

/// Which of a call's ends that is.
std::string this_end_of(const model::call_checkpoint& call) {
  const auto& sid = call.record.call.value;
  return call.returns == 0 ? sid : sid + ":" + std::to_string(call.returns);
}

}  // namespace

bool wanted(const tenant& by, event what) {
  return !model::webhooks_told_of(by, what).empty();
}

void call_started(const call_services& services, const tenant& t, const model::call_checkpoint& call, time at) {
  const auto& record = call.record;
  tell(services, t, event::call_started, record.call, record.call.value,
       [&] { return model::webhook_events::call_started(at, record); });
}

void call_ended(const call_services& services, const tenant& t, const model::call_checkpoint& call, time at) {
  const auto& record = call.record;
  tell(services, t, event::call_ended, record.call, this_end_of(call),
       [&] { return model::webhook_events::call_ended(at, record); });
  if (!record.troubled) return;
  tell(services, t, event::call_troubled, record.call, this_end_of(call),
       [&] { return model::webhook_events::call_troubled(at, record); });
}

void limit_reached(const call_services& services, const tenant& t, const model::call_record& call, time at) {
  const auto limit = to_string(call.reason.value_or(end_reason::tenant_busy));
  tell(services, t, event::limit_reached, call.call, call.call.value,
       [&] { return model::webhook_events::limit_reached(at, call, limit); });
}

void voicemail_received(const call_services& services, const tenant& t, const model::call_record& call,
                        const model::call_record::voicemail_message& message) {
  tell(services, t, event::voicemail_received, call.call, message.recording,
       [&] { return model::webhook_events::voicemail_received(message.at, call, message); });
}

void transfer_failed(const call_services& services, const tenant& t, const model::call_checkpoint& call,
                     std::string_view which, std::string_view number, std::string_view why, time at) {
  const auto& record = call.record;
  tell(services, t, event::transfer_failed, record.call, this_end_of(call) + ":" + std::string{which}, [&] {
    return model::webhook_events::transfer_failed(at, record, {number, why});
  });
}

bool is_limit_of_tenant(end_reason why) noexcept {
  return why == end_reason::tenant_busy || why == end_reason::tenant_rate || why == end_reason::caller_rate ||
         why == end_reason::month_minutes || why == end_reason::month_cost || why == end_reason::month_used_up;
}

}  // namespace tonris::actors::tenant_news
