/// The call supervisor's new calls: what a voice webhook asks for, and why it may be refused.
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/timeline_note.hpp"

namespace tonris::actors {

using model::call_moment;
using model::end_reason;

namespace {

model::call_checkpoint checkpoint_of(const model::twilio::voice_request& request, const tenant_ptr& tenant,
                                     const model::agent_id& agent, model::call_record::time now, bool from_tenant) {
  model::call_checkpoint state;
  state.from_tenant = from_tenant;
  state.account = request.account;
  state.caller_name = request.caller_name;
  auto& record = state.record;
  record.call = request.call;
  if (tenant) record.tenant = tenant->id;
  record.direction = request.direction.empty() ? "inbound" : request.direction;
  record.from = request.from;
  record.to = request.to;
  record.agent = agent;
  record.started = now;
  return state;
}

}  // namespace

/// Twilio asks with the voice webhook about a call that is known already: its retry, a redirect that brings the caller
/// back, the number's fallback address. What is answered follows from the call.
call_supervisor_state::answered call_supervisor_state::on(const start_call& wanted) {
  const auto& sid = wanted.request.call;
  if (!table().knows(sid) && !is_stored(sid)) return begin(wanted);
  return put({{sid, wanted.request.status, wanted.news, wanted.redirects, wanted.token, true},
              {},
              [this, wanted] { return begin(wanted); },
              wanted.tenant,
              wanted.request.account});
}

call_supervisor_state::answered call_supervisor_state::on(const refuse_call& wanted) {
  const auto& sid = wanted.request.call;
  if (!table().knows(sid) && !is_stored(sid)) return refuse(wanted);
  return put({{sid, wanted.request.status, wanted.news, max_redirects, wanted.token, true},
              {},
              [this, wanted] { return refuse(wanted); },
              wanted.tenant,
              wanted.request.account});
}

call_answer call_supervisor_state::begin(const start_call& wanted) {
  if (table().stopping && wanted.redirects < max_redirects)
    return send_on(call_answer::verb::redirect_voice, wanted.redirects);
  const auto refused = [&](end_reason reason) {
    return refuse({wanted.request, wanted.tenant, reason, wanted.news, wanted.token, wanted.from_tenant});
  };
  if (table().stopping) return refused(end_reason::shutdown);
  if (table().live() >= config_.max_calls) return refused(end_reason::node_full);
  if (const auto too_much = config_.overloaded()) return refused(*too_much);
  auto life = std::make_shared<call_lifeline>();
  life->tenant = wanted.tenant;
  life->clock = new_clock();
  life->state = checkpoint_of(wanted.request, wanted.tenant, wanted.agent, life->clock.at(now()), wanted.from_tenant);
  life->state.current_ticket = {services().make_ticket(), now() + ticket_life, false};
  services().counters->of<call_metrics>().call_started();
  auto answer = call_answer::with_stream(life->state.current_ticket->id);
  life->answered.add(wanted.token, answer);
  start(std::move(life), live_call::beginning::fresh);
  return answer;
}

call_answer call_supervisor_state::refuse(const refuse_call& wanted) {
  const auto& request = wanted.request;
  const auto& tenant = wanted.tenant;
  const auto reason = wanted.reason;
  services().counters->of<call_metrics>().call_refused(reason);
  services().troubles->count(reason);
  const auto clock = new_clock();
  const auto at = clock.at(now());
  ended_entry call{checkpoint_of(request, tenant, {}, at, wanted.from_tenant), tenant};
  call.clock = clock;
  auto& record = call.state.record;
  record.state = model::call_state::ended;
  record.ended = record.started;
  record.reason = reason;
  call_log::refused(record);
  auto& journal = *services().journal;
  write_note(journal, request.call, at, call_moment::webhook, tenant ? "tenant " + tenant->id.value : "");
  write_note(journal, request.call, at, call_moment::refused, to_string(reason));
  auto answer = fallback_of{call.state, tenant.get(), call.answered, services(), at}.next(model::fallback_news::none,
                                                                                          wanted.token);
  if (tenant && after(reason) != model::aftermath::hang_up)
    remember(std::move(call));
  else
    write_down(call);  // nothing can follow; the number may be somebody's when Twilio asks again
  return answer;
}

}  // namespace tonris::actors
