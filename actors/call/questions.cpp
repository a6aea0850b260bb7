/// What Twilio asks the call supervisor about calls, and reports of them: to whom a question goes.
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/runtime/ask.hpp"

namespace tonris::actors {

using model::end_reason;

namespace {

// Within what the webhook waits for us (actors/web/twilio_webhooks.cpp).
constexpr std::chrono::milliseconds question_limit{1400};

}  // namespace

// --- questions

call_supervisor_state::answered call_supervisor_state::on(const connect_action& asked) {
  return put({asked, {}, [over = model::twilio::is_final(asked.status), outbound = asked.outbound] {
                call_answer answer{call_answer::verb::nothing};
                if (over) return answer;
                answer.is_of_unknown = true;
                answer.then = outbound ? call_answer::verb::hang_up : call_answer::verb::say;
                // Silence would be the worst answer.
                if (!outbound) answer.text = default_sentence(end_reason::internal_error);
                return answer;
              }});
}

call_supervisor_state::answered call_supervisor_state::put(open_question question) {
  const auto promise = question.to = self->make_response_promise<call_answer>();
  answer(std::move(question));
  return promise;
}

void call_supervisor_state::answer(open_question question) {
  table().visit(
      question.asked.call, [&](live_entry& call) { ask_live(call, std::move(question)); },
      [&](dormant_entry& call) { ask_dormant(call, std::move(question)); },
      [&](ended_entry& call) { ask_ended(call, std::move(question)); },
      [&](no_entry) {
        if (is_stored(question.asked.call)) return ask_store(std::move(question));
        answer_unknown(std::move(question));
      });
}

/// The place that a call was let in with is its own once it has begun.
void call_supervisor_state::answer_unknown(open_question question) {
  if (auto now = question.when_unknown()) {
    answer_new(question.to, question.asked.call, *std::move(now));
    return;
  }
  question.when_ended = nullptr;
  answer(std::move(question));
}

/// One that crashes before it has answered is asked again in its next life, or its memory is.
void call_supervisor_state::ask_live(live_entry& live, open_question question) {
  const bool waits_for_agent = question.asked.voice && question.tenant && question.tenant->warm_start;
  const auto most = waits_for_agent ? warm_start_limit + question_limit : question_limit;
  ask(self, live.call, most, question.asked)
      .then([question](const call_answer& decided) mutable { question.to.deliver(decided); },
            [this, question, call = live.call](const caf::error& why) mutable {
              if (why == caf::sec::request_timeout) {
                question.to.deliver(why);
                return;
              }
              auto* const now_live = table().find_live(question.asked.call);
              if (!now_live || now_live->call != call) return answer(std::move(question));
              now_live->unanswered.push_back(std::move(question));  // news of its death are on their way
            });
}

void call_supervisor_state::ask_dormant(dormant_entry& dormant, open_question question) {
  const auto& asked = question.asked;
  if (model::twilio::is_final(asked.status)) {
    close_dormant(asked.call, end_reason::caller_hung_up, "Twilio reported the call's end while nobody was there");
    question.to.deliver(call_answer{call_answer::verb::nothing});
    return;
  }
  if (table().stopping && asked.redirects < max_redirects) {
    dormant.sent_on = true;
    question.to.deliver(send_on(call_answer::verb::redirect_connect, asked.redirects));
    return;
  }
  if (table().stopping) {
    close_dormant(asked.call, end_reason::shutdown, "no other node took the call");
    return answer(std::move(question));
  }
  wake(asked.call, question.tenant, [this, question](const found_in_registry& found) mutable {
    const auto& sid = question.asked.call;
    auto* const waiting = table().find_dormant(sid);
    if (!waiting) return answer(std::move(question));
    if (found.failed && question.asked.redirects < max_redirects) {
      waiting->since = now();
      question.to.deliver(call_answer::redirect(call_answer::verb::redirect_connect, question.asked.redirects));
      return;
    }
    const auto reason = found.failed ? end_reason::registry_down : end_reason::unknown_number;
    close_dormant(sid, reason,
                  found.failed ? "the call came back, but its tenant could not be looked up"
                               : "the call came back, but its tenant is there no more");
    call_answer sentence{call_answer::verb::say};
    sentence.text = default_sentence(reason);
    question.to.deliver(std::move(sentence));
  });
}

void call_supervisor_state::ask_ended(ended_entry& call, open_question question) {
  if (const auto free = std::exchange(question.when_ended, {})) free();
  if (call.state.account.empty()) call.state.account = question.account;  // of a call that is only a record
  if (call.tenant_unknown && is_tenant_of(question.tenant, call.state.record)) {
    call.tenant = question.tenant;
    call.tenant_unknown = false;
  }
  if (call.tenant_unknown && !model::twilio::is_final(question.asked.status))
    return find_tenant_first(call, std::move(question));
  auto answer = answer_ended(call, question.asked);
  if (question.asked.news != model::fallback_news::none)
    return answer_new(question.to, question.asked.call, std::move(answer));
  question.to.deliver(std::move(answer));
}

bool call_supervisor_state::is_stored(const model::call_sid& call) const {
  return config_.store && (!table().finished || table().finished->perhaps(call));
}

/// A finished call of a former life of this node, or one that 2,000 others have pushed out of the memory.
void call_supervisor_state::ask_store(open_question question) {
  look_into_store(question.asked.call, question.tenant, [this, question]() mutable {
    if (table().knows(question.asked.call)) return answer(std::move(question));
    answer_unknown(std::move(question));
  });
}

void call_supervisor_state::look_into_store(const model::call_sid& call, const tenant_ptr& tenant,
                                            std::function<void()> go_on) {
  ask(self, config_.store, stored_call_limit, find_call{call})
      .then(
          [this, go_on, call](const found_call& found) {
            if (found.state && !table().knows(call)) restore(*found.state);
            go_on();
          },
          [go_on, call, tenant](const caf::error&) {
            call_log::warn(call, tenant, "the store does not say whether it has been here");
            go_on();
          });
}

/// One that has its record gets no other. Where the store does not say it writes none over it either.
caf::result<apology_noted> call_supervisor_state::hear(const note_apology& told) {
  const auto& sid = told.request.call;
  if (table().knows(sid) || !is_stored(sid)) return on(told);
  auto promise = self->make_response_promise<apology_noted>();
  look_into_store(sid, told.tenant, [this, promise, told]() mutable { promise.deliver(on(told)); });
  return promise;
}

// --- streams and their tickets

redeemed_ticket call_supervisor_state::redeem(live_entry& call, call_table::time now) {
  if (call.ticket.used) return {redeemed_ticket::outcome::used, {}};
  if (now > call.ticket.expires) return {redeemed_ticket::outcome::unknown, {}};
  call.ticket.used = true;
  return {redeemed_ticket::outcome::ok, call.call};
}

caf::result<redeemed_ticket> call_supervisor_state::on(const redeem_ticket& shown) {
  const auto* const known = table().call_of(shown.ticket);
  if (!known) return redeemed_ticket{};
  const auto sid = *known;
  auto* const live = table().find_live(sid);
  if (live) return redeem(*live, now());
  // Refused, Twilio asks connect-action, and is sent to another node.
  if (table().handing_over) return redeemed_ticket{};
  auto promise = self->make_response_promise<redeemed_ticket>();
  const std::function<void()> when_back = [this, promise, ticket = shown.ticket]() mutable {
    const auto* const call = table().call_of(ticket);
    auto* const back = call ? table().find_live(*call) : nullptr;
    promise.deliver(back ? redeem(*back, now()) : redeemed_ticket{});
  };
  table().visit(
      sid, [](live_entry&) {},
      [&](dormant_entry&) { wake(sid, nullptr, [when_back](const found_in_registry&) { when_back(); }); },
      [&](ended_entry&) { bring_back(sid, when_back); }, [&](no_entry) { when_back(); });
  return promise;
}

// --- reports

/// How far a call is that lives is its own business; of one that does not, only how it has ended is news.
void call_supervisor_state::on(const call_status_changed& changed) {
  if (hung_up_in_line(changed)) return;
  const bool is_final = model::twilio::is_final(changed.status);
  table().visit(
      changed.call, [&](live_entry& call) { self->send(call.call, changed); },
      [&](dormant_entry& call) {
        if (!is_final) return;
        (void)model::add_fact(call.life->state.record, changed.told_at(call.life->clock.at(now())));
        close_dormant(changed.call, end_reason::caller_hung_up,
                      "Twilio reported the call's end while nobody was there");
      },
      [&](ended_entry& call) {
        if (!is_final) return;
        call.caller_gone = call.over = true;
        if (model::add_fact(call.state.record, changed.told_at(call.clock.at(now())))) return write_down(call);
        services().journal->forget(changed.call);
      },
      [&](no_entry) {
        if (is_final && is_stored(changed.call))
          services().journal->fact({changed.call, changed.told_at(new_clock().at(now()))});
      });
}

caf::result<call_description> call_supervisor_state::on(const describe_call& wanted) {
  using answer = caf::result<call_description>;
  return table().visit(
      wanted.call, [&](live_entry& call) -> answer { return self->delegate(call.call, wanted); },
      [](dormant_entry& call) -> answer { return call_description{to_json(call.life->state.record)}; },
      [](ended_entry& call) -> answer { return call_description{to_json(call.state.record)}; },
      [&](no_entry) -> answer {
        const auto* const waiting = table().waiting.find(wanted.call);
        return waiting ? call_description{to_json(record_of(*waiting))} : call_description{};
      });
}

/// Nobody but the node that had the call knows it: then he who answers hears nothing first.
caf::result<transfer_words> call_supervisor_state::on(const describe_transfer& wanted) {
  using answer = caf::result<transfer_words>;
  return table().visit(
      wanted.call, [&](live_entry& call) -> answer { return self->delegate(call.call, wanted); },
      [](dormant_entry&) -> answer { return transfer_words{}; },
      [](ended_entry& call) -> answer { return words_of_transfer(call.state, call.tenant.get()); },
      [](no_entry) -> answer { return transfer_words{}; });
}

}  // namespace tonris::actors
