/// The call supervisor's ended calls: what Twilio still asks and reports about them.
#include <algorithm>
#include <utility>
#include <variant>

#include "actors/call/bring_fact.hpp"
#include "actors/call/fallback.hpp"
#include "actors/call/spent_metrics.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/tenant_news.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/store/database.hpp"
#include "model/call/costing.hpp"
#include "model/call/later_fact.hpp"

namespace tonris::actors {

using model::call_moment;
using model::end_reason;
using model::fallback_step;

namespace supervision = model::supervision;

namespace {

constexpr std::chrono::seconds learn_limit{2};   // a call is behind by less
constexpr std::chrono::seconds store_limit{60};  // for whom nobody waits

/// A report comes without a price: it costs what the rates said on the day on which its call began.
learn_fact priced(learn_fact told, const model::call_record& of, const model::rate_card& rates) {
  auto* const report = std::get_if<model::call_record::vendor_report>(&told.fact);
  if (report != nullptr && !report->price) price_report(*report, rates.at(of.started));
  return told;
}

}  // namespace

// --- what is remembered of a call

/// What it has come to. A caller who comes back is metered from then on again.
void call_supervisor_state::account_for(model::call_checkpoint& state) const {
  auto& record = state.record;
  const auto at = record.ended.value_or(record.started);
  const auto before = record.metered_seconds;
  record.metered_seconds = static_cast<std::uint32_t>(metered(state, at).count());
  services().counters->of<spent_metrics>().seconds(record.metered_seconds - before);
  estimate_cost(record, *services().rates, record.metered_seconds, at);
  sign(state);
}

/// Twilio has answered it, with words: a minute of its, beside what was known to cost something before.
void call_supervisor_state::account_for_refusal(model::call_checkpoint& state) const {
  auto& record = state.record;
  estimate_refusal(record, *services().rates, record.ended.value_or(record.started));
  sign(state);
}

/// Whose bill it is on, and who had it.
void call_supervisor_state::sign(model::call_checkpoint& state) const {
  auto& record = state.record;
  record.account = state.account;
  record.node = services().node;
  record.build = services().build;
}

/// Its lifeline is not used any more.
ended_entry call_supervisor_state::ended_of(call_lifeline& life) const {
  ended_entry call{std::move(life.state), life.tenant};
  account_for(call.state);
  call.over = life.over;
  call.answered = std::move(life.answered);
  call.stream_errors_told = std::move(life.stream_errors_told);
  call.away = life.away;
  call.clock = life.clock;
  return call;
}

void call_supervisor_state::remember(ended_entry call) {
  call.since = now();
  if (table().finished) table().finished->add(call.state.record.call);
  call.state.sealed_keys.clear();  // nobody needs them any more
  if (call.state.record.reason == end_reason::caller_hung_up || call.state.record.cut_off) call.caller_gone = true;
  write_down(call);
  services().live->remove(call.state.record.call);  // whoever does not see it there finds it in the store
  keep(std::move(call));
}

void call_supervisor_state::keep(ended_entry call) {
  const auto oldest = table().put_ended(std::move(call));
  // A younger one's checkpoint stays in the store, which forgets it in its time: the next life may be asked for it.
  if (oldest && now() - oldest->since >= call_database::ended_kept_for)
    services().journal->forget(oldest->state.record.call);
}

/// Its record, and its checkpoint as long as a fallback is under way.
void call_supervisor_state::write_down(const ended_entry& call) {
  const auto& record = call.state.record;
  auto& journal = *services().journal;
  journal.record({record.call, record.tenant.value, record.started, to_json(record)});
  const auto follows = record.reason ? after(*record.reason) : model::aftermath::hang_up;
  const bool goes_on = (follows == model::aftermath::fallback || follows == model::aftermath::arranged) &&
                       call.state.fallback != fallback_step::over && !call.caller_gone;
  if (goes_on)
    journal.checkpoint(record.call, to_json(call.state));
  else
    journal.forget(record.call);
}

// --- what its tenant is told

/// Whose tenant is not at hand, of a call that the node lost: it is looked up.
void call_supervisor_state::tell_end(const ended_entry& call) {
  const auto at = call.state.record.ended.value_or(call.clock.at(now()));
  const auto tell = [this, at](const tenant_ptr& tenant, const model::call_checkpoint& state) {
    tenant_news::call_ended(services(), *tenant, state, at);
    tell_limit(tenant, state.record);
  };
  if (call.tenant) return tell(call.tenant, call.state);
  find_tenant_of(call.state.record, [tell, state = call.state](const found_in_registry& found) {
    if (found.tenant) tell(found.tenant, state);
  });
}

/// Once a minute: a limit that is reached refuses one call after the other.
void call_supervisor_state::tell_limit(const tenant_ptr& tenant, const model::call_record& call) {
  if (!tenant || !call.reason || !tenant_news::is_limit_of_tenant(*call.reason)) return;
  if (!tenant_news::wanted(*tenant, model::tenant::event::limit_reached)) return;
  limits_told_.expire(now());
  const auto which = tenant->id.value + " " + std::string{to_string(*call.reason)};
  if (limits_told_.contains(which)) return;
  limits_told_.put(which, now() + limits_told_within);
  tenant_news::limit_reached(services(), *tenant, call, call.ended.value_or(call.started));
}

void call_supervisor_state::tell_voicemail(const model::call_record& call, const tenant_ptr& tenant,
                                           const model::call_record::voicemail_message& message) {
  if (tenant) return tenant_news::voicemail_received(services(), *tenant, call, message);
  find_tenant_of(call, [this, call, message](const found_in_registry& found) {
    if (found.tenant) tenant_news::voicemail_received(services(), *found.tenant, call, message);
  });
}

/// Of a call that is forgotten here, or was never this node's. Whose record is not here yet is told once it has come
/// (voicemail_came_first).
void call_supervisor_state::add_to_stored(const model::call_sid& call,
                                          const model::call_record::voicemail_message& message) {
  if (!config_.store) return services().journal->fact({call, message});
  ask(self, config_.store, store_limit, add_to_record{{call, message}})
      .then(
          [this, message](const added_to_record& added) {
            if (const auto record = model::parse_call_record(added.json)) tell_voicemail(*record, nullptr, message);
          },
          // Perhaps the store has it, and perhaps not; twice it is once.
          [this, call, message](const caf::error&) {
            services().journal->fact({call, message});
          });
}

void call_supervisor_state::on(const voicemail_came_first& told) {
  if (!config_.store) return;
  ask(self, config_.store, store_limit, find_record{told.call})
      .then(
          [this, message = told.message](const found_record& found) {
            if (const auto record = model::parse_call_record(found.json)) tell_voicemail(*record, nullptr, message);
          },
          [](const caf::error&) {});
}

// --- what Twilio asks about it

call_answer call_supervisor_state::answer_ended(ended_entry& call, const connect_action& asked) {
  if (const auto* const same = call.answered.find(asked.token)) return *same;
  fallback_of fallback{call.state, call.tenant.get(), call.answered, services(), call.clock.at(now())};
  const auto came = std::exchange(call.unheard, {});
  const auto news = asked.news == model::fallback_news::none ? came : asked.news;
  if (model::twilio::is_final(asked.status)) {
    fallback.take(news);
    call.caller_gone = call.over = true;
    write_down(call);
    return {call_answer::verb::nothing};
  }
  if (comes_back(call, asked)) {
    auto answer = table().stopping && asked.redirects < max_redirects
                      ? send_on(call_answer::verb::redirect_voice, asked.redirects)
                      : offer_return(call);
    call.answered.add(asked.token, answer);
    return answer;
  }
  if (!table().handing_over && returns_to_agent(call.state, call.tenant.get(), news)) {
    auto answer = offer_agent_again(call, news);
    call.answered.add(asked.token, answer);
    return answer;
  }
  const auto before = call.state.fallback;
  call.since = now();
  auto answer = fallback.next(news, asked.token);
  if (before != call.state.fallback || news != model::fallback_news::none) write_down(call);
  return answer;
}

/// The caller hung up, as far as his stream said; a redirect took him away then, and another brings him back. A call
/// that Twilio reported as over does not come back, nor does one whose first webhook is sent again.
bool call_supervisor_state::comes_back(const ended_entry& call, const connect_action& asked) {
  return asked.voice && asked.status == model::twilio::call_status::in_progress && !call.over &&
         call.state.record.reason == end_reason::caller_hung_up &&
         call.state.new_streams < supervision::max_new_streams;
}

/// Nothing else happens before that stream comes: for an old webhook sent again it never does.
call_answer call_supervisor_state::offer_return(ended_entry& call) {
  const auto& ticket = call.state.current_ticket;
  if (!call.offered || !ticket || now() >= ticket->expires)
    table().give_ticket(call, {services().make_ticket(), now() + ticket_life, false});
  return call_answer::with_stream(ticket->id);
}

/// Once: a stream that never comes is followed by what follows a transfer that nobody answered.
call_answer call_supervisor_state::offer_agent_again(ended_entry& call, model::fallback_news news) {
  fallback_of{call.state, call.tenant.get(), call.answered, services(), call.clock.at(now())}.take(news);
  call.state.transfer->failed = true;
  call.since = now();
  write_down(call);
  return offer_return(call);
}

/// A fallback that was under way when the node went: its tenant is looked up first.
void call_supervisor_state::find_tenant_first(ended_entry& call, open_question question) {
  find_tenant_of(call.state.record, [this, question](const found_in_registry& found) mutable {
    auto* const ended = table().find_ended(question.asked.call);
    if (!ended) return answer(std::move(question));
    if (found.failed && question.asked.redirects < max_redirects) {
      if (question.asked.news != model::fallback_news::none) ended->unheard = question.asked.news;
      question.to.deliver(call_answer::redirect(call_answer::verb::redirect_connect, question.asked.redirects));
      return;
    }
    ended->tenant = found.tenant;
    ended->tenant_unknown = found.failed;
    auto answer = answer_ended(*ended, question.asked);
    if (question.asked.news != model::fallback_news::none)
      return answer_new(question.to, question.asked.call, std::move(answer));
    question.to.deliver(std::move(answer));
  });
}

caf::result<fact_learned> call_supervisor_state::on(const learn_fact& told) {
  auto promise = self->make_response_promise<fact_learned>();
  const auto fact_of = [&](const model::call_record& record) { return priced(told, record, *services().rates); };
  table().visit(
      told.call,
      [&](live_entry& live) {
        ask(self, live.call, learn_limit, fact_of(live.life->state.record))
            .then([promise](const fact_learned& learned) mutable { promise.deliver(learned); },
                  [promise](const caf::error& why) mutable { promise.deliver(why); });
      },
      [&](dormant_entry& dormant) {
        auto& record = dormant.life->state.record;
        if (model::add_fact(record, fact_of(record).fact))
          services().journal->checkpoint(told.call, to_json(dormant.life->state));
        promise.deliver(fact_learned{true});
      },
      [&](ended_entry& ended) {
        auto& record = ended.state.record;
        if (model::add_fact(record, fact_of(record).fact)) write_down(ended);
        promise.deliver(fact_learned{true});
      },
      [&](no_entry) { promise.deliver(fact_learned{false}); });
  return promise;
}

/// The call's own, which somebody asked for: it may go on.
void call_supervisor_state::learn_recording(const recording_reported& reported) {
  const auto& told = reported.recording;
  model::call_record::recording recording{told.recording_sid, told.status, told.url,
                                          told.seconds,       "callback",  services().wall_clock()};
  if (recording.status == "completed")
    recording.cost = estimate_of_recording(*services().rates, rated_at(reported.call), recording.seconds, recording.at);
  model::call_record of;
  of.call = reported.call;
  bool is_news = true;
  const auto look_at = [&](const model::call_record& record) {
    of.tenant = record.tenant;
    is_news = std::ranges::none_of(record.recordings, [&](const model::call_record::recording& one) {
      return one.sid == recording.sid && one.status == recording.status;
    });
  };
  if (const auto* const live = table().find_live(reported.call)) look_at(live->life->state.record);
  if (const auto* const ended = table().find_ended(reported.call)) look_at(ended->state.record);
  if (is_news)
    write_note(services(), of, recording.at, call_moment::recording, told.recording_sid + ", " + told.status);
  bring_in(reported.call, recording);
}

void call_supervisor_state::on(const leg_reported& reported) {
  model::call_record::leg leg{reported.leg.leg, reported.leg.status, reported.leg.seconds, services().wall_clock()};
  leg.source = "callback";
  leg.cost = estimate_of_leg(*services().rates, rated_at(reported.call), leg);
  bring_in(reported.call, leg);
}

/// A caller in line leaves it: his record says who wanted that by its reason.
void call_supervisor_state::on(const hung_up_at_twilio& told) {
  if (table().waiting.find(told.call)) return ask_for_place(told.call, true);
  if (auto* const ended = table().find_ended(told.call)) {
    ended->over = ended->caller_gone = true;
    if (ended->state.record.reason == end_reason::operator_hung_up) return;
  }
  bring_in(told.call, model::call_record::hang_up{told.source, services().wall_clock()});
}

/// What nobody here remembers goes to the journal at once: who is asked something behind it finds it there.
void call_supervisor_state::bring_in(const model::call_sid& call, const model::later_fact& fact) {
  if (!table().knows(call)) return services().journal->fact({call, fact});
  const fact_door through{call_supervisor{self}, services().journal, learn_limit, fact_door::unanswered::is_stored};
  bring_fact(self, through, {call, fact}, [](fact_went) {});
}

model::call_record::time call_supervisor_state::rated_at(const model::call_sid& call) {
  if (const auto* const live = table().find_live(call)) return live->life->state.record.started;
  if (const auto* const ended = table().find_ended(call)) return ended->state.record.started;
  return services().wall_clock();
}

void call_supervisor_state::on(const recording_reported& reported) {
  if (reported.recording.of_the_call) return learn_recording(reported);
  const auto& recording = reported.recording;
  auto* const ended = table().find_ended(reported.call);
  const auto at = (ended ? ended->clock : new_clock()).at(now());
  const auto note = [&](const model::call_record& of) {
    write_note(services(), of, at, call_moment::voicemail,
               recording.recording_sid + ", " + std::to_string(recording.seconds) + " s, " + recording.status);
  };
  model::call_record unknown;
  unknown.call = reported.call;
  if (recording.status == "absent") return note(ended ? ended->state.record : unknown);
  model::call_record::voicemail_message message{recording.recording_sid, recording.url, recording.seconds, at};
  message.source = "callback";
  message.cost = estimate_of_recording(*services().rates, rated_at(reported.call), message.seconds, at);
  if (!ended) {
    note(unknown);
    return add_to_stored(reported.call, message);
  }
  if (!model::add_fact(ended->state.record, message)) return;
  note(ended->state.record);
  write_down(*ended);
  tell_voicemail(ended->state.record, ended->tenant, message);
}

}  // namespace tonris::actors
