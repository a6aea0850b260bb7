#include "actors/web/forget_audio.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "actors/recording/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/telemetry/log.hpp"
#include "model/call/kept_audio.hpp"
#include "model/tenant/secrets.hpp"
#include "model/twilio/missing_recording.hpp"
#include "model/twilio/recording.hpp"

namespace tonris::actors {

namespace {

using removal = recording_metrics::removal;

struct ask_again {  // to itself; so below
  using travels = in_process;
};

constexpr std::chrono::seconds store_limit{5}, registry_limit{5}, twilio_limit{20};

/// Lives with its actor.
class audio_removal : public std::enable_shared_from_this<audio_removal> {
 public:
  audio_removal(caf::event_based_actor* self, audio_services house, std::vector<model::call_sid> calls,
                spares_call spares, std::function<void(const audio_forgotten&)> then)
      : self_(self),
        house_(std::move(house)),
        spares_(std::move(spares)),
        calls_(calls.begin(), calls.end()),
        then_(std::move(then)) {}

  void take_call() {
    if (removed_ >= most_audio_forgotten) {
      result_.left += calls_.size();
      calls_.clear();
    }
    if (calls_.empty()) return then_(result_);
    ask(self_, house_.store, store_limit, find_record{calls_.front()})
        .then([me = shared_from_this()](const found_record& found) { me->with_record(found.json); },
              [me = shared_from_this()](const caf::error&) { me->call_is_left(); });
  }

 private:
  void with_record(const std::string& json) {
    const auto record = model::parse_call_record(json);
    if (!record) return call_is_done();
    if (spares_(*record)) return call_is_spared();
    for (auto& one : kept_audio_of(*record)) due_.push_back(std::move(one));
    if (due_.empty()) return call_is_done();
    if (record->account == house_.main.sid) return remove_as(house_.main);
    ask(self_, house_.registry, registry_limit, find_tenant_by_id{record->tenant})
        .then(
            [me = shared_from_this(), account = record->account](const found_tenant& found) {
              const auto tokens = found.tenant ? auth_tokens_of(found.tenant->secrets) : std::vector<std::string>{};
              if (tokens.empty() || found.tenant->secrets.account != account) return me->nobody_may(account);
              me->remove_as({account, tonris::config::secret{tokens.front()}});
            },
            [me = shared_from_this()](const caf::error&) { me->call_is_left(); });
  }

  void nobody_may(const model::account_sid& account) {
    log::warn("Recordings of call {call} stay at Twilio: nobody here has the token of account {account}",
              {{"call", calls_.front()}, {"account", account.value}});
    call_is_done();
  }

  void remove_as(const twilio_account& as) {
    if (due_.empty()) return call_is_done();
    ask_twilio wanted{as, model::twilio::kept_recording_target(as.sid, due_.front().recording)};
    wanted.removes = true;
    ++removed_;
    ask(self_, house_.twilio, twilio_limit, std::move(wanted))
        .then([me = shared_from_this(), as](const twilio_answer& answer) { me->removed(as, answer); },
              [me = shared_from_this()](const caf::error&) { me->call_is_left(); });
  }

  void removed(const twilio_account& as, const twilio_answer& answer) {
    constexpr unsigned gone = 204, not_found = 404;
    if (answer.status == not_found && !model::twilio::is_gone(due_.front().told, house_.wall_clock()))
      return not_yet(as);
    if (answer.status != gone && answer.status != not_found) return call_is_left();
    count(answer.status == gone ? removal::deleted : removal::not_there);
    due_.pop_front();
    remove_as(as);
  }

  void not_yet(const twilio_account& as) {
    const auto pause = model::twilio::next_look(++looks_);
    if (!pause) return call_is_left();
    count(removal::not_yet);
    self_->become(caf::behavior{[me = shared_from_this(), as](const ask_again&) {
      me->self_->unbecome();
      me->remove_as(as);
    }});
    self_->delayed_send(self_, caf::timespan{*pause}, ask_again{});
  }

  void count(removal how) const { house_.counters->of<recording_metrics>().removed(how); }

  void call_is_left() {
    count(removal::failed);
    ++result_.left;
    next_call();
  }
  void call_is_spared() {
    ++result_.spared;
    next_call();
  }
  void call_is_done() {
    result_.calls.push_back(calls_.front());
    next_call();
  }
  void next_call() {
    due_.clear();
    calls_.pop_front();
    take_call();
  }

  // given
  caf::event_based_actor* self_;
  const audio_services house_;
  const spares_call spares_;
  // state
  std::deque<model::call_sid> calls_;
  std::deque<model::kept_audio> due_;  ///< of the first of them
  std::size_t removed_ = 0;
  unsigned looks_ = 0;  ///< at recordings that were not there yet
  audio_forgotten result_;
  std::function<void(const audio_forgotten&)> then_;
};

}  // namespace

void forget_audio(caf::event_based_actor* self, const audio_services& house, std::vector<model::call_sid> calls,
                  spares_call spares, std::function<void(const audio_forgotten&)> then) {
  std::make_shared<audio_removal>(self, house, std::move(calls), std::move(spares), std::move(then))->take_call();
}

}  // namespace tonris::actors
