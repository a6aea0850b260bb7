#include "actors/call_supervisor.hpp"

#include <utility>

#include "actors/call_actor.hpp"
#include "actors/log.hpp"
#include "actors/runtime/crash.hpp"

namespace tonris::actors {

using model::end_reason;

caf::behavior call_supervisor(caf::stateful_actor<call_supervisor_state>* self, call_supervisor_state::config with) {
  return self->state.make_behavior(std::move(with));
}

caf::behavior call_supervisor_state::make_behavior(config with) {
  with_ = std::move(with);
  auto& counters = *with_.services->counters;
  self->set_exception_handler([&counters](std::exception_ptr& thrown) { return crash_error(thrown, counters, name); });
  self->set_down_handler([this](const caf::down_msg& down) { on_down(down); });
  return {
      [this](const start_call& m) { return on(m); },
      [this](const redeem_ticket& m) { return on(m); },
      [this](const call_finished& m) { on(m); },
      [this](const connect_action& m) -> caf::result<caf::message> {
        if (const auto call = live_.find(m.call); call != live_.end()) return self->delegate(call->second.call, m);
        if (model::twilio::is_final(m.status))
          return caf::make_message(call_answer{call_answer::what::nothing, {}, {}, {}});
        if (const auto ended = ended_.find(m.call); ended != ended_.end())
          return caf::make_message(answer_ended(ended->second));
        return caf::make_message(call_answer{call_answer::what::hang_up, {}, {}, {}});
      },
      [this](const call_status_changed& m) {
        if (const auto call = live_.find(m.call); call != live_.end()) self->send(call->second.call, m);
      },
      [this](const stream_reported& m) {
        if (const auto call = live_.find(m.status.call); call != live_.end()) self->send(call->second.call, m);
      },
      [this](const describe_call& m) -> caf::result<caf::message> {
        if (const auto call = live_.find(m.call); call != live_.end()) return self->delegate(call->second.call, m);
        if (const auto ended = ended_.find(m.call); ended != ended_.end())
          return caf::make_message(call_description{ended->second.record});
        return caf::make_message(call_description{});
      },
      [this](const end_call& m) {
        for (const auto& [sid, call] : live_) self->send(call.call, m);
      },
      [this](const stop_taking_calls&) { stopping_ = true; },
      [this](const count_calls&) { return live_count{live_.size()}; },
  };
}

call_answer call_supervisor_state::on(const start_call& wanted) {
  const auto& sid = wanted.request.call;
  if (const auto call = live_.find(sid); call != live_.end())
    return {call_answer::what::stream, call->second.ticket, {}, {}};  // Twilio's retry: the same answer again
  if (const auto ended = ended_.find(sid); ended != ended_.end()) return answer_ended(ended->second);
  if (stopping_) return refuse(wanted, end_reason::shutdown);
  if (live_.size() >= with_.max_calls) return refuse(wanted, end_reason::node_full);
  entry fresh;
  fresh.ticket = with_.make_ticket();
  fresh.ticket_expires = self->clock().now() + ticket_life;
  fresh.call = self->spawn<caf::monitored>(
      call_actor, live_call::config{self, with_.services, wanted.request, wanted.tenant, wanted.agent});
  tickets_.emplace(fresh.ticket, sid);
  sid_of_.emplace(fresh.call.address(), sid);
  call_answer answer{call_answer::what::stream, fresh.ticket, {}, {}};
  live_.emplace(sid, std::move(fresh));
  with_.services->counters->call_started();
  with_.services->counters->set_live_calls(live_.size());
  return answer;
}

call_answer call_supervisor_state::refuse(const start_call& wanted, end_reason reason) const {
  with_.services->counters->call_refused(reason);
  log::warn({"Call ", wanted.request.call.value, " refused: ", to_string(reason)});
  return {call_answer::what::say,
          {},
          wanted.tenant->fallback.say.value_or(std::string{default_sentence(reason)}),
          wanted.tenant->language.value_or("")};
}

redeemed_ticket call_supervisor_state::on(const redeem_ticket& shown) {
  const auto ticket = tickets_.find(shown.ticket);
  if (ticket == tickets_.end()) return {redeemed_ticket::what::unknown, {}};
  entry& call = live_.at(ticket->second);
  if (call.ticket_used) return {redeemed_ticket::what::used, {}};
  if (self->clock().now() > call.ticket_expires) return {redeemed_ticket::what::unknown, {}};
  call.ticket_used = true;
  return {redeemed_ticket::what::ok, call.call};
}

void call_supervisor_state::on(const call_finished& finished) {
  if (const auto call = live_.find(finished.call); call != live_.end()) self->send(call->second.call, call_forgotten{});
  forget_live(finished.call);
  remember(finished.call, {finished.reason, finished.sentence, finished.language, finished.record});
}

void call_supervisor_state::on_down(const caf::down_msg& down) {
  const auto found = sid_of_.find(caf::actor_cast<caf::actor_addr>(down.source));
  if (found == sid_of_.end()) return;  // said call_finished before
  const auto sid = found->second;
  log::error({"Call ", sid.value, " ended: its actor crashed"});
  with_.services->counters->call_ended(end_reason::internal_error, {});
  forget_live(sid);
  remember(sid, {end_reason::internal_error, std::string{default_sentence(end_reason::internal_error)}, {}, {}});
}

call_answer call_supervisor_state::answer_ended(const memory& ended) const {
  if (!owes_a_sentence(ended.reason)) return {call_answer::what::hang_up, {}, {}, {}};
  return {call_answer::what::say, {}, ended.sentence, ended.language};
}

void call_supervisor_state::forget_live(const model::call_sid& call) {
  const auto found = live_.find(call);
  if (found == live_.end()) return;
  tickets_.erase(found->second.ticket);
  sid_of_.erase(found->second.call.address());
  live_.erase(found);
  with_.services->counters->set_live_calls(live_.size());
}

void call_supervisor_state::remember(const model::call_sid& call, memory ended) {
  if (!ended_.insert_or_assign(call, std::move(ended)).second) return;
  ended_order_.push_back(call);
  if (ended_order_.size() <= remembered_calls) return;
  ended_.erase(ended_order_.front());
  ended_order_.pop_front();
}

}  // namespace tonris::actors
