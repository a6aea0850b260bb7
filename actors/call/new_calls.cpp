/// The call supervisor's new calls: what a voice webhook asks for, and why it may be refused.
#include <utility>

#include "actors/admission/messages.hpp"
#include "actors/call/call_log.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/tenant_news.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/runtime/ask.hpp"
#include "model/call/costing.hpp"

namespace tonris::actors {

using model::call_moment;
using model::end_reason;

namespace {

refuse_call refused_for(const start_call& wanted, end_reason reason) {
  refuse_call as{wanted.request, wanted.tenant, reason, wanted.news, wanted.token, wanted.from_tenant, wanted.route};
  as.heard = wanted.heard;
  as.listens_for_machine = wanted.listens_for_machine;
  return as;
}

}  // namespace

model::call_checkpoint checkpoint_of(const model::twilio::voice_request& request, const tenant_ptr& tenant,
                                     const model::agent_id& agent, model::call_record::time now, bool from_tenant,
                                     const model::call_route& route) {
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
  state.next_agents = route.next;
  record.started = now;
  if (route.why.empty()) return state;
  if (route.variant != agent.value) record.variant = route.variant;
  record.rule = to_string(route.rule);
  record.rule_name = route.rule_name;
  return state;
}

/// Twilio asks with the voice webhook about a call that is known already: its retry, a redirect that brings the caller
/// back, the number's fallback address. What is answered follows from the call.
call_supervisor_state::answered call_supervisor_state::on(const start_call& wanted) {
  const auto& sid = wanted.request.call;
  if (const auto caller = out_of_line(sid); caller && caller->sent_away) {
    give_back(wanted);
    return written(sid, refuse(refused_for(wanted, end_reason::operator_hung_up)));
  }
  const bool is_new = !table().knows(sid) && !is_stored(sid);
  if (is_new)
    if (auto answer = begin(wanted)) return written(sid, *std::move(answer));
  open_question question{{sid, wanted.request.status, wanted.news, wanted.redirects, wanted.token, true},
                         {},
                         [this, wanted] { return begin(wanted); },
                         wanted.tenant,
                         wanted.request.account};
  if (!is_new) question.when_ended = [this, wanted] { give_back(wanted); };
  return put(std::move(question));
}

call_supervisor_state::answered call_supervisor_state::on(const refuse_call& given) {
  auto wanted = given;
  const auto& sid = wanted.request.call;
  if (const auto caller = out_of_line(sid); caller && caller->sent_away) wanted.reason = end_reason::operator_hung_up;
  if (!table().knows(sid) && !is_stored(sid)) return written(sid, refuse(wanted));
  return put({{sid, wanted.request.status, wanted.news, max_redirects, wanted.token, true},
              {},
              [this, wanted] { return refuse(wanted); },
              wanted.tenant,
              wanted.request.account});
}

std::optional<call_answer> call_supervisor_state::begin(const start_call& wanted) {
  // One that we have placed nobody else knows, but this node's next life.
  const bool is_ours = model::twilio::is_outbound(wanted.request.direction);
  const bool stopping = is_ours ? table().handing_over : table().stopping;
  if (stopping && wanted.redirects < max_redirects) {
    give_back(wanted);
    return send_on(call_answer::verb::redirect_voice, wanted.redirects);
  }
  const auto refused = [&](end_reason reason) {
    give_back(wanted);
    return refuse(refused_for(wanted, reason));
  };
  if (stopping) return refused(end_reason::shutdown);
  if (table().live() >= config_.max_calls) return refused(end_reason::node_full);
  if (const auto too_much = config_.overloaded()) return refused(*too_much);
  if (wanted.unadmitted && !has_room(*wanted.tenant)) return refused(end_reason::tenant_busy);
  auto life = std::make_shared<call_lifeline>();
  life->tenant = wanted.tenant;
  life->clock = new_clock();
  life->state = checkpoint_of(wanted.request, wanted.tenant, wanted.agent, life->clock.at(now()), wanted.from_tenant,
                              wanted.route);
  life->state.variables = wanted.variables;
  life->state.current_ticket = {services().make_ticket(), now() + ticket_life, false};
  auto& record = life->state.record;
  record.heard = wanted.heard;
  record.cost.machine_detection = estimate_of_detection(*services().rates, record.started, wanted.listens_for_machine);
  services().counters->of<tenant_metrics>().call_started(wanted.tenant->id,
                                                         record.variant.empty() ? record.agent.value : record.variant);
  const auto& counted = services().counters->of<call_metrics>();
  counted.call_started();
  if (!wanted.route.why.empty()) counted.routed(wanted.route.rule);
  std::optional<call_answer> answer;
  if (!wanted.tenant->warm_start || is_ours) {
    answer = call_answer::with_stream(life->state.current_ticket->id);
    life->answered.add(wanted.token, *answer);
  }
  tenant_news::call_started(services(), *wanted.tenant, life->state, record.started);
  start(std::move(life), live_call::beginning::fresh);
  return answer;
}

call_supervisor_state::answered call_supervisor_state::written(const model::call_sid& call, call_answer answer) {
  auto promise = self->make_response_promise<call_answer>();
  answer_new(promise, call, std::move(answer));
  return promise;
}

/// Of a refused call nobody would know after a kill, nor what became of a transfer: Twilio does not tell it again.
void call_supervisor_state::answer_new(caf::typed_response_promise<call_answer> to, const model::call_sid& call,
                                       call_answer answer) {
  const bool is_written = !table().find_live(call) && answer.then != call_answer::verb::redirect_voice;
  if (!config_.store || !is_written || answer.is_of_unknown) {
    to.deliver(std::move(answer));
    return;
  }
  refusals_.to_tell.emplace_back([to, answer = std::move(answer)]() mutable { to.deliver(std::move(answer)); });
  if (!std::exchange(refusals_.is_writing, true)) write_refusals();
}

/// All that came while the last were written share a transaction: who refuses thousands does not write as often.
void call_supervisor_state::write_refusals() {
  const auto done = [this, told = std::exchange(refusals_.to_tell, {})] {
    for (const auto& tell : told) tell();
    self->delayed_send(self, caf::timespan{refusals_pause}, do_later{[this] {
                         refusals_.is_writing = !refusals_.to_tell.empty();
                         if (refusals_.is_writing) write_refusals();
                       }});
  };
  ask(self, config_.store, written_limit, flush_store{})
      .then([done](store_flushed) { done(); },
            [done](const caf::error&) { done(); });  // a full disk refuses nobody longer
}

call_answer call_supervisor_state::refuse(const refuse_call& wanted) {
  if (wanted.placed) return note_untaken(wanted);
  auto call = note_refusal(wanted);
  const auto at = call.state.record.started;
  auto answer = fallback_of{call.state, wanted.tenant.get(), call.answered, services(), at}.next(
      model::fallback_news::none, wanted.token);
  // Of one that the business has placed Twilio reports the end: it is known then.
  const bool is_ours = model::twilio::is_outbound(wanted.request.direction);
  if (is_ours || (wanted.tenant && after(wanted.reason) != model::aftermath::hang_up))
    remember(std::move(call));
  else
    write_down(call);  // nothing can follow; the number may be somebody's when Twilio asks again
  return answer;
}

/// This actor was too slow, or has crashed over the webhook. What came of that webhook since ends: Twilio was told to
/// hang up.
apology_noted call_supervisor_state::on(const note_apology& told) {
  table().visit(
      told.request.call,
      [&](live_entry& live) {
        if (!live.life->state.record.answered) self->send(live.call, end_call{end_reason::internal_error});
      },
      [](dormant_entry&) {}, [](ended_entry&) {},
      [&](no_entry) {
        auto call = note_refusal({told.request, told.tenant, end_reason::internal_error});
        call.state.fallback = model::fallback_step::over;
        call.over = call.caller_gone = true;
        auto& record = call.state.record;
        if (!model::twilio::is_outbound(told.request.direction)) {
          record.fallback = "sentence";
          record.fallback_at = record.ended;
          record.fallback_source = "callback";
        }
        remember(std::move(call));
      });
  return {};
}

ended_entry call_supervisor_state::note_refusal(const refuse_call& wanted) {
  const auto& request = wanted.request;
  const auto& tenant = wanted.tenant;
  const auto reason = wanted.reason;
  const auto& counted = services().counters->of<call_metrics>();
  counted.call_refused(reason);
  if (!wanted.route.why.empty()) counted.routed(wanted.route.rule);
  services().troubles->count(reason);
  if (tenant) {
    services().counters->of<tenant_metrics>().call_refused(tenant->id, reason);
    if (config_.who_may_come) self->send(config_.who_may_come, call_refused{tenant->id, reason});
  }
  const auto clock = new_clock();
  const auto at = clock.at(now());
  ended_entry call{checkpoint_of(request, tenant, {}, at, wanted.from_tenant, wanted.route), tenant};
  call.clock = clock;
  auto& record = call.state.record;
  record.state = model::call_state::ended;
  record.ended = record.started;
  record.reason = reason;
  record.heard = wanted.heard;
  record.cost.machine_detection = estimate_of_detection(*services().rates, record.started, wanted.listens_for_machine);
  account_for_refusal(call.state);
  call_log::refused(record);
  tell_limit(tenant, record);
  write_note(services(), record, at, call_moment::webhook,
             words(tenant ? "tenant " + tenant->id.value : "", wanted.route.why));
  write_note(services(), record, at, call_moment::refused, to_string(reason));
  return call;
}

}  // namespace tonris::actors
