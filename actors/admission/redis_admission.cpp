#include "actors/admission/redis_admission.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/admission/uncounted.hpp"

namespace tonris::actors {

using model::admission_verdict;
using net::redis_outcome;
using std::chrono::milliseconds;
using way = admission_metrics::way;

namespace {

constexpr int most_tries = 2;
constexpr std::size_t most_named = 1'000;
constexpr std::chrono::seconds look_after_period{1};

}  // namespace

redis_admission::redis_admission(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

redis_admission::behavior_type redis_admission::make_behavior() {
  guard(this, *config_.rules.counters);
  live_until_exit();
  alive_ = std::make_shared<redis_admission*>(this);
  born_ = now();
  shared().send_all_again();
  rules_ = admission_rules{config_.rules};
  const auto remind = [this] {
    caf::delayed_anon_send(caf::actor_cast<redis_admission_door>(this), usage_writer::pause, write_down_now{});
  };
  writer_ = usage_writer{{config_.rules.books, remind, give_to(this, config_.keeper), config_.rules.counters}};
  writer_.write_soon();  // what the life before has left
  auto counts = config_.counts;
  const auto turn = [me = std::weak_ptr{alive_}](const std::function<void()>& work) {
    if (const auto self = me.lock()) (*self)->enter(work);
  };
  counts.enter = turn;
  counts.link_changed = [this] { link_changed(); };
  counts.count = [this](redis_outcome what) { rules_.counted().shared_answers(what); };
  counts_ = std::make_unique<redis_counts>(std::move(counts));
  patience_ = std::make_unique<net::timer>(*config_.counts.loop);
  ticker_ = std::make_unique<net::ticker>(*config_.counts.loop, look_after_period,
                                          [turn, this](auto) { turn([this] { look_after(); }); });
  return {
      [this](const admit_call& m) { return on(m); },
      [this](const renew_leases& m) { return on(m); },
      [this](const release_lease& m) { on(m); },
      [this](const find_in_line& m) { return on(m); },
      [this](const find_lease_holder& m) { return on(m); },
      [this](const call_refused& m) { rules_.count(m); },
      [this](const describe_usage& m) { return on(m); },
      [this](const reserve_places& m) {
        if (shared().reserved == m.tenants) return;
        shared().reserved = m.tenants;
        reserve_dirty_ = true;
        reserve();
      },
      [this](const flush_usage&) { return flush(); },
      [](const admission_turn& m) { (*m.work)(); },
      [this](write_down_now) { writer_.reminded(); },
  };
}

void redis_admission::on_exit() {
  alive_.reset();
  ticker_.reset();
  patience_.reset();
  counts_.reset();
  loop_bound_actor::on_exit();
}

void redis_admission::enter(const std::function<void()>& work) {
  deliver(admission_turn{&work});
}

// --- who may come in

caf::result<admitted> redis_admission::on(const admit_call& who) {
  if (const auto nothing = model::refused_outright(*who.tenant)) return turn_away(who, *nothing);
  auto to = make_response_promise<admitted>();
  ask_counts(std::make_shared<question>(question{who, to, now() + patience}));
  return to;
}

void redis_admission::ask_counts(const question_ptr& asked) {
  const auto left = left_of(*asked);
  if (state() == phase::away || asked->asked >= most_tries || left <= milliseconds::zero()) return decide_alone(asked);
  if (state() == phase::opening) return ask_later(asked);
  ++asked->asked;
  const auto& who = asked->who;
  counts_->admit(rules_.place_of(who), rules_.limits_behind_line(who, now()), std::min(left, redis_counts::admit_limit),
                 [this, asked](const auto& said) { answered(asked, said); });
}

std::chrono::milliseconds redis_admission::left_of(const question& asked) {
  return std::chrono::duration_cast<milliseconds>(asked.until - now());
}

void redis_admission::answered(const question_ptr& asked, const redis_counts::admission_said& said) {
  switch (said.outcome) {
    case redis_outcome::ok: return judge(asked, said.answer);
    case redis_outcome::refused: return decide_alone(asked);
    case redis_outcome::unknown: asked->perhaps = true; break;
    case redis_outcome::not_sent: break;
  }
  ask_counts(asked);
}

void redis_admission::judge(const question_ptr& asked, const model::admission_answer& said) {
  const auto& who = asked->who;
  if (!model::is_unknown(said.verdict)) {
    silent_since_.reset();
    named_.clear();
  }
  switch (said.verdict) {
    case admission_verdict::ok: return come_in(asked, said, said.again ? way::again : way::counted);
    case admission_verdict::ended:
      return (void)asked->to.deliver(admitted{admitted::answer::come_in, said.verdict, {}});
    case admission_verdict::elsewhere: return take_over(asked);
    case admission_verdict::young: open(); return decide_alone(asked);
    case admission_verdict::lost:
      opened_ = false;
      open();
      return ask_counts(asked);
    case admission_verdict::concurrency:
      shared().note_elsewhere(who.tenant->id).calls =
          said.met - std::min(said.met, table().live(who.tenant->id, now()));
      break;
    case admission_verdict::caller:
    case admission_verdict::rate:
    case admission_verdict::minutes:
    case admission_verdict::cost:
    case admission_verdict::vendor: break;
  }
  if (const auto wider = rules_.limits_at_overflow_agent(who, said.verdict))
    return ask_for_overflow_agent(asked, *wider);
  asked->to.deliver(turn_away(who, said.verdict));
}

void redis_admission::ask_for_overflow_agent(const question_ptr& asked, const model::admission_limits& wider) {
  const auto within = std::clamp(left_of(*asked), milliseconds{1}, redis_counts::admit_limit);
  counts_->admit(rules_.place_of(asked->who), wider, within, [this, asked](const auto& said) {
    const bool in = said.outcome == redis_outcome::ok && said.answer.verdict == admission_verdict::ok;
    if (in) return come_in(asked, said.answer, way::overflow);
    if (said.outcome == redis_outcome::unknown) asked->perhaps = true;
    if (asked->perhaps)
      release_later(rules_.booked_in_all({asked->who.call, asked->who.tenant->id, {}, true, asked->who.caller}));
    asked->to.deliver(turn_away(asked->who, admission_verdict::concurrency));
  });
}

/// Another node may be asked by him next: who tells him last is known to all.
admitted redis_admission::turn_away(const admit_call& who, admission_verdict why) {
  auto answer = rules_.turn_away(who, why, now());
  if (answer.is == admitted::answer::wait) counts_->note_wait(who.call);
  return answer;
}

caf::result<line_place> redis_admission::on(const find_in_line& wanted) {
  auto promise = make_response_promise<line_place>();
  counts_->find_in_line(wanted.call, [promise](std::optional<bool> is_here) mutable {
    if (!is_here) return (void)promise.deliver(caf::make_error(caf::sec::runtime_error, "Redis does not say"));
    promise.deliver(line_place{*is_here});
  });
  return promise;
}

caf::result<lease_holder> redis_admission::on(const find_lease_holder& wanted) {
  auto promise = make_response_promise<lease_holder>();
  counts_->find_holder(wanted.call, [promise](const std::optional<redis_counts::holder>& known) mutable {
    if (!known) return (void)promise.deliver(caf::make_error(caf::sec::runtime_error, "Redis does not say"));
    using who = lease_holder::who;
    promise.deliver(lease_holder{known->has_ended ? who::over : known->lives_elsewhere ? who::another : who::nobody});
  });
  return promise;
}

/// Twilio asked another node first, got no answer, and goes on with this one.
void redis_admission::take_over(const question_ptr& asked) {
  const auto within = std::clamp(left_of(*asked), milliseconds{1}, redis_counts::admit_limit);
  counts_->take_over(asked->who.call, within, [this, asked](const auto& epoch) {
    if (!epoch) return decide_alone(asked);
    come_in(asked, {admission_verdict::ok, *epoch, 0, true, {}}, way::again);
    shared().untold.insert(asked->who.call);
    tell_untold();
  });
}

void redis_admission::come_in(const question_ptr& asked, const model::admission_answer& said, way how) {
  const auto& [call, tenant, caller, waited] = asked->who;
  auto& held = shared().hear({call, tenant->id, tenant, std::chrono::seconds{0}}, now(), config_.counts.lease);
  held.epoch = said.epoch;
  held.lost = false;
  (void)table().admit({call, tenant->id, {}, {}, rules_.month()}, {}, now());
  note_booked(tenant->id, call);
  if (said.met > 0)
    shared().note_elsewhere(tenant->id).calls = said.met - std::min(said.met, table().live(tenant->id, now()));
  asked->to.deliver(rules_.come_in(asked->who, how));
}

// --- while Redis cannot be asked

void redis_admission::ask_later(const question_ptr& asked) {
  if (waiting_.size() >= max_waiting) return decide_alone(asked);
  waiting_.push_back(asked);
  if (waiting_.size() > 1) return;
  const auto left = std::chrono::ceil<milliseconds>(asked->until - now());
  patience_->after(left, [this, me = std::weak_ptr{alive_}] {
    if (!me.expired()) enter([this] { answer_waiting(); });
  });
}

/// Each anew, by how things are now.
void redis_admission::answer_waiting() {
  for (const auto& one : std::exchange(waiting_, {})) ask_counts(one);
}

void redis_admission::decide_alone(const question_ptr& asked) {
  const auto& who = asked->who;
  const auto& tenant = *who.tenant;
  note_silence(tenant.id);
  if (shared().leases.contains(who.call)) return (void)asked->to.deliver(rules_.come_in(who, way::again));
  const auto others = shared().elsewhere_of(tenant.id, rules_.month());
  auto month = table().month(tenant.id, rules_.month());
  month.seconds += others.month.seconds;
  month.microdollars += others.month.microdollars;
  const auto why = model::refusal_while_unknown(
      tenant, {table().live(tenant.id, now()), others.calls, month, now() - *silent_since_});
  if (!why) {
    const live_lease lease{who.call, tenant.id, who.tenant, std::chrono::seconds{0}};
    shared().hear(lease, now(), config_.counts.lease);
    shared().untold.insert(who.call);
    (void)table().renew(rules_.booked_ahead({lease}), rules_.month(), now());
    note_booked(tenant.id, who.call);
    asked->to.deliver(rules_.come_in(who, way::policy));
    return tell_untold();
  }
  const auto answer = turn_away(who, *why);
  // Who waits asks again by the same name: what Redis may have let in is his then, or lapses.
  if (asked->perhaps && answer.is == admitted::answer::refused)
    release_later(rules_.booked_in_all({who.call, tenant.id, {}, true, who.caller}));
  asked->to.deliver(answer);
}

void redis_admission::note_silence(const model::tenant_id& tenant) {
  if (!silent_since_) silent_since_ = now();
  if (named_.size() < most_named && named_.insert(tenant.value).second)
    log::warn("Redis does not say who may come in: limits.whenUnknown of tenant {tenant} decides",
              {{"tenant", tenant}});
}

}  // namespace tonris::actors
