#include "actors/recording/recorder.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

#include "actors/recording/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "model/twilio/missing_recording.hpp"
#include "model/twilio/number.hpp"
#include "model/twilio/recording.hpp"

namespace tonris::actors {

namespace {

using action = record_call::action;
using outcome = call_recorded::outcome;
using model::twilio::call_recording;

constexpr std::chrono::seconds twilio_limit{20};  // its client's own is below
constexpr unsigned fine = 200, made = 201, not_found = 404;

/// What Twilio calls the state that an action leads to.
std::string_view state_after(action what) noexcept {
  switch (what) {
    case action::pause: return "paused";
    case action::stop: return "stopped";
    case action::start:
    case action::resume: break;
  }
  return "in-progress";
}

bool is_refusal(const twilio_answer& answer) {
  return model::twilio::is_refusal(answer.status, answer.body);
}

std::string why_not(const twilio_answer& answer) {
  if (answer.status == 0) return "Twilio does not answer: " + answer.why;
  const auto error = model::twilio::decode_rest_error(answer.body);
  auto why = "Twilio says " + std::to_string(answer.status);
  if (error.code != 0) why.append(", ").append(std::to_string(error.code));
  if (!error.message.empty()) why.append(": ").append(error.message);
  return why;
}

struct look_again {  // to itself; so below
  using travels = in_process;
  model::call_sid call;
};
using recorder_door = call_recorder::extend<caf::reacts_to<look_again>>;

call_recorded found(outcome is, const call_recording& one) {
  return {is, one.sid, one.status, {}};
}

struct recorder_state {
  static inline const char* name = "tonris.call_recorder";

  explicit recorder_state(recorder_door::pointer actor) : self(actor) {}

  recorder_door::behavior_type make_behavior(call_recorder_settings given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    return {
        [this](const record_call& wanted) { return on(wanted); },
        [this](const look_again& at) { look(at.call); },
    };
  }

 private:
  struct question {
    record_call wanted;
    caf::typed_response_promise<call_recorded> to;
    bool looks_again = false;  ///< the answer to what was asked of Twilio is lost
    unsigned looks = 0;        ///< at a recording that was listed, and not there yet
  };

  caf::result<call_recorded> on(const record_call& wanted) {
    if (open >= call_recorder_settings::most) {
      counted().asked(recording_metrics::outcome::full);
      return call_recorded{outcome::unknown, {}, {}, "too many ask at once, and Twilio was not asked"};
    }
    ++open;
    auto& of_the_call = waiting[wanted.call];
    of_the_call.push_back({wanted, self->make_response_promise<call_recorded>()});
    auto promise = of_the_call.back().to;
    if (of_the_call.size() == 1) look(wanted.call);
    return promise;
  }

  [[nodiscard]] const recording_metrics& counted() const { return settings.counters->of<recording_metrics>(); }
  question& first_of(const model::call_sid& call) { return waiting.at(call).front(); }

  template <class Answered>
  void put_to_twilio(ask_twilio what, Answered answered) {
    ask(self, settings.twilio, twilio_limit, std::move(what))
        .then([answered](const twilio_answer& answer) { answered(answer); },
              [answered](const caf::error&) {
                answered(twilio_answer{0, {}, "our own client is away"});
              });
  }

  void look(const model::call_sid& call) {
    const auto& as = first_of(call).wanted.as;
    put_to_twilio({as, model::twilio::recordings_target(as.sid, call)},
                  [this, call](const twilio_answer& answer) { looked(call, answer); });
  }

  void looked(const model::call_sid& call, const twilio_answer& answer) {
    const auto& asked = first_of(call);
    if (is_refusal(answer)) return done(call, {outcome::refused, {}, {}, why_not(answer)});
    const auto all = answer.status == fine ? model::twilio::decode_recordings(answer.body)
                                           : tl::unexpected(model::codec_errc::no_type);
    if (!all) return done(call, {outcome::unknown, {}, {}, why_not(answer)});
    const auto is_open = open_one(*all);
    if (asked.looks_again) return settle(call, is_open, *all);
    if (!is_open && asked.wanted.act == action::start) return begin(call);
    if (!is_open && asked.wanted.act == action::stop && !all->empty())
      return done(call, found(outcome::as_it_was, all->front()));
    if (!is_open) return done(call, {outcome::none, {}, {}, "the call is not being recorded"});
    if (asked.wanted.act == action::start || is_open->status == state_after(asked.wanted.act))
      return done(call, found(outcome::as_it_was, *is_open));
    change(call, is_open->sid);
  }

  /// What became of a question whose answer is lost.
  void settle(const model::call_sid& call, const std::optional<call_recording>& is_open,
              const std::vector<call_recording>& all) {
    const auto act = first_of(call).wanted.act;
    const bool is_done = act == action::stop ? !is_open && !all.empty()
                                             : is_open && (act == action::start || is_open->status == state_after(act));
    if (is_done) return done(call, found(outcome::done, is_open ? *is_open : all.front()));
    done(call, {outcome::unknown, {}, {}, "Twilio's answer was lost, and it may still do it: ask again"});
  }

  void begin(const model::call_sid& call) {
    const auto& wanted = first_of(call).wanted;
    ask_twilio what{wanted.as, model::twilio::recordings_target(wanted.as.sid, call),
                    model::twilio::start_recording_form(wanted.callback, wanted.dual)};
    what.once = true;
    put_to_twilio(std::move(what), [this, call](const twilio_answer& answer) { changed(call, answer, made); });
  }

  void change(const model::call_sid& call, const std::string& recording) {
    const auto& wanted = first_of(call).wanted;
    put_to_twilio({wanted.as, model::twilio::recording_target(wanted.as.sid, call, recording),
                   model::twilio::recording_status_form(state_after(wanted.act))},
                  [this, call](const twilio_answer& answer) { changed(call, answer, fine); });
  }

  void changed(const model::call_sid& call, const twilio_answer& answer, unsigned good) {
    if (answer.status == good)
      if (const auto one = model::twilio::decode_recording(answer.body)) return done(call, found(outcome::done, *one));
    if (answer.status == not_found) return not_there(call, answer);
    if (is_refusal(answer)) return done(call, {outcome::refused, {}, {}, why_not(answer)});
    if (answer.status == 0 && !answer.sent) return done(call, {outcome::unknown, {}, {}, why_not(answer)});
    first_of(call).looks_again = true;
    look(call);
  }

  /// The list had it, a moment ago: it is not there yet, or gone by now, and then not in the list any more.
  void not_there(const model::call_sid& call, const twilio_answer& answer) {
    const auto pause = model::twilio::next_look(++first_of(call).looks);
    if (!pause) return done(call, {outcome::none, {}, {}, why_not(answer)});
    self->delayed_send(self, caf::timespan{*pause}, look_again{call});
  }

  void done(const model::call_sid& call, call_recorded came) {
    counted().asked(static_cast<recording_metrics::outcome>(came.is));
    --open;
    auto& of_the_call = waiting.at(call);
    auto promise = of_the_call.front().to;
    of_the_call.pop_front();
    promise.deliver(std::move(came));
    if (of_the_call.empty())
      waiting.erase(call);
    else
      look(call);
  }

  recorder_door::pointer self;
  call_recorder_settings settings;
  std::unordered_map<model::call_sid, std::deque<question>> waiting;  ///< the first of each is being asked
  std::size_t open = 0;
};

recorder_door::behavior_type run_recorder(recorder_door::stateful_pointer<recorder_state> self,
                                          call_recorder_settings settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

call_recorder record_calls(caf::actor_system& system, call_recorder_settings settings) {
  return system.spawn(run_recorder, std::move(settings));
}

}  // namespace tonris::actors
