#include "actors/price/bill.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/call/costing.hpp"
#include "model/call/open_bill.hpp"
#include "model/money/twilio_price.hpp"
#include "model/twilio/missing_recording.hpp"
#include "model/twilio/recording.hpp"

namespace tonris::actors {

namespace {

using model::call_record;
using model::cost_part;
using model::later_fact;

constexpr unsigned fine = 200, not_found = 404;

/// Lives until its last answer.
class bill : public std::enable_shared_from_this<bill> {
 public:
  bill(bill_services house, twilio_account as, const call_record& of, std::function<void(bill_state)> then)
      : house_(std::move(house)), as_(std::move(as)), record_(of), open_(open_bill_of(of)), then_(std::move(then)) {}

  void begin() {
    recordings_.assign(open_.recordings.begin(), open_.recordings.end());
    open_.connection ? ask_connection() : ask_legs();
  }

 private:
  using after = std::function<void()>;

  void is_left(bill_state because) { state_ = std::max(state_, because); }

  /// What the record knows already is not told again, nor counted. `cost`: what is new of it.
  void add_news(later_fact fact, const std::optional<cost_part>& cost, std::deque<later_fact>& to) {
    if (!add_fact(record_, fact)) return;
    if (cost) count_without_rate(*cost);
    to.push_back(std::move(fact));
  }
  void count_without_rate(const cost_part& cost) const {
    if (!in_dollars(cost)) house_.no_rate(cost.amount.in);
  }

  /// Nothing is known where one of the facts could not be brought in.
  void tell(std::deque<later_fact> facts, const after& then) {
    if (facts.empty()) return then();
    const auto fact = std::move(facts.front());
    facts.pop_front();
    house_.tell(fact, [me = shared_from_this(), facts = std::move(facts), then](bool is_told) {
      if (!is_told) return me->end(bill_state::failed);
      me->tell(facts, then);
    });
  }

  // --- the call

  void ask_connection() {
    house_.ask({as_, model::twilio_call_target(as_.sid, record_.call)},
               [me = shared_from_this()](const twilio_answer& answer) { me->connection_told(answer); });
  }

  void connection_told(const twilio_answer& answer) {
    const auto price = answer.status == fine ? model::parse_twilio_call_price(answer.body)
                                             : tl::unexpected(model::codec_errc::no_type);
    if (!price || price->call != record_.call) {
      is_left(bill_state::failed);
      return ask_legs();
    }
    std::deque<later_fact> facts;
    const model::carrier_progress progress{
        model::carrier_progress::source_type::rest, price->status, {}, price->seconds, house_.wall_clock()};
    if (model::twilio::is_final(progress.status) && take(record_.twilio, progress)) facts.emplace_back(progress);
    if (price->cost) {
      const auto cost = told(*price->cost);
      count_without_rate(cost);
      facts.emplace_back(call_record::charge{call_record::charge::part_type::twilio, cost});
    }
    tell(std::move(facts), [me = shared_from_this(), is_rated = price->cost.has_value()] {
      is_rated ? me->house_.found() : me->is_left(bill_state::pending);
      me->ask_legs();
    });
  }

  [[nodiscard]] cost_part told(const model::money& said) const {
    return twilios_price(*house_.rates, record_.started, said, house_.wall_clock());
  }

  // --- its legs

  void ask_legs() {
    if (!open_.legs) return ask_recording();
    house_.ask({as_, model::twilio_legs_target(as_.sid, record_.call)},
               [me = shared_from_this()](const twilio_answer& answer) { me->legs_told(answer); });
  }

  void legs_told(const twilio_answer& answer) {
    const auto legs =
        answer.status == fine ? model::parse_twilio_legs(answer.body) : tl::unexpected(model::codec_errc::no_type);
    if (!legs) {
      is_left(bill_state::failed);
      return ask_recording();
    }
    std::deque<later_fact> facts;
    for (const auto& one : *legs) {
      const auto leg = leg_of(one);
      add_news(leg, leg.cost, facts);
    }
    // More of them may come while the call goes on.
    const bool is_over = record_.twilio && model::twilio::is_final(record_.twilio->status);
    const auto is_final = [](const call_record::leg& leg) { return leg.cost && leg.cost->is_final; };
    const bool is_all = is_over && std::all_of(record_.legs.begin(), record_.legs.end(), is_final);
    tell(std::move(facts), [me = shared_from_this(), is_all] {
      if (!is_all) me->is_left(bill_state::pending);
      if (is_all && !me->record_.legs.empty()) me->house_.found();
      me->ask_recording();
    });
  }

  [[nodiscard]] call_record::leg leg_of(const model::twilio_call_price& said) const {
    call_record::leg leg{said.call, {}, said.seconds.value_or(0), house_.wall_clock()};
    leg.source = "rest";
    if (model::twilio::is_final(said.status)) leg.status = to_string(said.status);
    const auto has_ended = [&](const call_record::leg& one) { return one.call == leg.call && !one.status.empty(); };
    const bool is_known = std::any_of(record_.legs.begin(), record_.legs.end(), has_ended);
    if (said.cost) leg.cost = told(*said.cost);
    if (!said.cost && !leg.status.empty() && !is_known) leg.cost = estimate_of_leg(*house_.rates, record_.started, leg);
    return leg;
  }

  // --- its recordings

  void ask_recording() {
    if (recordings_.empty()) return end(state_);
    house_.ask({as_, model::twilio::kept_recording_target(as_.sid, recordings_.front().recording)},
               [me = shared_from_this()](const twilio_answer& answer) { me->recording_told(answer); });
  }

  void recording_told(const twilio_answer& answer) {
    const auto of = recordings_.front();
    recordings_.pop_front();
    if (answer.status == not_found) return missing(of);
    const auto said = answer.status == fine ? model::parse_twilio_recording_price(answer.body)
                                            : tl::unexpected(model::codec_errc::no_type);
    if (!said || said->recording != of.recording) {
      is_left(bill_state::failed);
      return ask_recording();
    }
    const bool costs_nothing = said->status == "absent";
    std::deque<later_fact> facts;
    if (!of.is_message) add_news(progress_of(of, *said), std::nullopt, facts);
    if (said->cost) add_news(charge_of(of, told(*said->cost)), told(*said->cost), facts);
    tell(std::move(facts), [me = shared_from_this(), is_rated = said->cost.has_value(), costs_nothing] {
      if (is_rated) me->house_.found();
      if (!is_rated && !costs_nothing) me->is_left(bill_state::pending);
      me->ask_recording();
    });
  }

  [[nodiscard]] call_record::recording progress_of(const model::kept_audio& of,
                                                   const model::twilio_recording_price& said) const {
    call_record::recording now{of.recording, said.status, {}, said.seconds.value_or(0), "rest", house_.wall_clock()};
    const auto has_cost = [&](const call_record::recording& one) { return one.sid == now.sid && one.cost; };
    if (said.status == "completed" && std::none_of(record_.recordings.begin(), record_.recordings.end(), has_cost))
      now.cost = estimate_of_recording(*house_.rates, record_.started, now.seconds, now.at);
    return now;
  }

  static call_record::charge charge_of(const model::kept_audio& of, const cost_part& cost) {
    return {call_record::charge::part_type::recording, cost, of.recording};
  }

  /// What it has cost stays an estimate once it is gone.
  void missing(const model::kept_audio& of) {
    const auto now = house_.wall_clock();
    if (model::twilio::is_gone(of.told, now))
      return tell({gone(of, now)}, [me = shared_from_this()] { me->ask_recording(); });
    is_left(bill_state::pending);
    ask_recording();
  }

  void end(bill_state how) { then_(how); }

  // given
  const bill_services house_;
  const twilio_account as_;
  // state
  call_record record_;
  model::open_bill open_;
  std::deque<model::kept_audio> recordings_;  ///< still to be asked about
  bill_state state_ = bill_state::settled;
  std::function<void(bill_state)> then_;
};

}  // namespace

void ask_bill(bill_services house, const twilio_account& as, const model::call_record& of,
              std::function<void(bill_state)> then) {
  std::make_shared<bill>(std::move(house), as, of, std::move(then))->begin();
}

}  // namespace tonris::actors
