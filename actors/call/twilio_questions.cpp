#include "actors/call/twilio_questions.hpp"

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <utility>

namespace tonris::actors {

using model::call_event;
using model::end_reason;
namespace supervision = model::supervision;

stream_offer which_stream(const offer_facts& facts) noexcept {
  if (facts.voice && !facts.in_progress && !facts.failed && facts.has_ticket) return stream_offer::same;
  if (facts.stream_runs) return stream_offer::beside;
  const bool was_answered = facts.voice ? !facts.failed : facts.was_offered && !facts.has_token;
  return facts.ticket_waits && was_answered && !facts.offer_failed ? stream_offer::same : stream_offer::next;
}

twilio_questions::~twilio_questions() {
  for (auto& question : held_) question.to.deliver(caf::make_error(caf::exit_reason::unhandled_exception));
}

caf::result<call_answer> twilio_questions::answer(const connect_action& asked) {
  if (!is_kept_waiting(asked))
    if (auto decided = decide(asked)) return std::move(*decided);
  if (call_.last_word) return call_.self->delegate(call_.supervisor, asked);
  held_.push_back({asked, call_.self->make_response_promise<call_answer>()});
  return caf::delegated<call_answer>{};
}

bool twilio_questions::is_kept_waiting(const connect_action& asked) const {
  return awaits_agent_ && asked.voice && !model::twilio::is_final(asked.status) && !call_.is_over();
}

void twilio_questions::await_agent() {
  awaits_agent_ = true;
  call_.self->delayed_send(call_.self, caf::timespan{warm_start_limit}, warm_start_overdue{});
}

void twilio_questions::agent_is_decided() {
  if (!std::exchange(awaits_agent_, false)) return;
  for (std::size_t left = held_.size(); left > 0 && !call_.last_word && !held_.empty(); --left) {
    auto decided = decide(held_.front().asked);
    if (held_.empty()) return;  // the last word was said over it, and took all of them along
    auto question = std::move(held_.front());
    held_.erase(held_.begin());
    if (decided)
      question.to.deliver(std::move(*decided));
    else
      held_.push_back(std::move(question));
  }
  if (call_.last_word) pass_on_held();
}

void twilio_questions::status_changed(const call_status_changed& changed) {
  if (model::twilio::is_final(changed.status)) caller_is_gone();
}

void twilio_questions::caller_is_gone() {
  call_.life->over = true;
  call_.end_because(end_reason::caller_hung_up, "Twilio reported the call's end", call_event::caller_hung_up);
}

void twilio_questions::pass_on_held() {
  for (auto& question : std::exchange(held_, {})) question.to.delegate(call_.supervisor, question.asked);
}

/// Nothing where the call is at its end: then whoever remembers it answers.
std::optional<call_answer> twilio_questions::decide(const connect_action& asked) {
  auto& life = *call_.life;
  if (const auto* const same = life.answered.find(asked.token)) return *same;
  if (model::twilio::is_final(asked.status)) {
    life.over = true;
    fallback().take(asked.news);
    caller_is_gone();
    return call_answer{call_answer::verb::nothing};
  }
  if (call_.is_over()) {
    const bool comes_back = asked.voice && asked.status == model::twilio::call_status::in_progress &&
                            call_.record().reason == end_reason::caller_hung_up && !life.over;
    if (comes_back || returns_to_agent(life.state, life.tenant.get(), asked.news)) return std::nullopt;
    if (!life.caller_leg) call_.happened(call_event::stream_failed);  // none is to be waited for
  } else if (call_.handing_over) {
    if (asked.redirects < max_redirects) {
      sent_on_ = true;
      return call_answer::redirect(call_answer::verb::redirect_connect, asked.redirects, hand_over_pause_);
    }
    call_.end_because(end_reason::shutdown, "no other node took the call", call_event::end_requested);
  } else if (auto stream = offer(asked)) {
    life.answered.add(asked.token, *stream);
    return stream;
  }
  if (call_.last_word) return std::nullopt;
  auto answer = fallback().next(asked.news, asked.token);
  call_.save();
  return answer;
}

fallback_of twilio_questions::fallback() {
  auto& life = *call_.life;
  return {life.state, life.tenant.get(), life.answered, *call_.services, call_.now()};
}

std::optional<call_answer> twilio_questions::offer(const connect_action& asked) {
  auto& life = *call_.life;
  auto& state = life.state;
  const auto& ticket = state.current_ticket;
  offer_facts facts;
  facts.voice = asked.voice;
  facts.in_progress = asked.status == model::twilio::call_status::in_progress;
  facts.failed = asked.news == model::fallback_news::failed;
  facts.has_token = !asked.token.empty();
  facts.has_ticket = ticket.has_value();
  facts.ticket_waits = tickets_.one_waits();
  facts.stream_runs = static_cast<bool>(life.caller_leg);
  facts.was_offered = state.new_streams > 0 || life.offered_beside;
  facts.offer_failed = tickets_.offer_failed;
  switch (which_stream(facts)) {
    case stream_offer::same: break;
    case stream_offer::beside:
      if (asked.voice) tickets_.asked_by_voice();
      if (!facts.ticket_waits) tickets_.issue();
      life.offered_beside = true;
      break;
    case stream_offer::next:
      if (state.new_streams < supervision::max_new_streams) return next_stream();
      caller_.no_stream_lasted(call_.record().answered ? end_reason::stream_lost : end_reason::stream_never_came);
      return std::nullopt;
  }
  return call_answer::with_stream(ticket->id);
}

call_answer twilio_questions::next_stream() {
  auto& life = *call_.life;
  ++life.state.new_streams;
  life.offered_beside = false;
  tickets_.issue();
  caller_.wait(setup_limit);
  caller_.tell_of_new_stream();
  call_.save();
  return call_answer::with_stream(life.state.current_ticket->id);
}

}  // namespace tonris::actors
