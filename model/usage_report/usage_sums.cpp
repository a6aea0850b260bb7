#include "model/usage_report/usage_sums.hpp"

#include <algorithm>
#include <chrono>

namespace tonris::model {

namespace {

/// To the hundredth, half of one up.
std::string minutes_in(std::int64_t seconds) {
  constexpr std::int64_t hundredths = 100, minute = 60, micros_a_hundredth = 10'000;
  const auto rounded = seconds / minute * hundredths + (seconds % minute * hundredths + minute / 2) / minute;
  return to_decimal(rounded * micros_a_hundredth);
}

/// Of a call that was taken it says how it ended; of one that was not, why nobody took it: no second was metered then.
bool ends_either(end_reason reason) noexcept {
  return reason == end_reason::shutdown || reason == end_reason::node_lost || reason == end_reason::internal_error;
}

bool was_turned_away(const call_record& record) noexcept {
  if (!record.reason || record.answered) return false;
  return is_refusal(*record.reason) || (ends_either(*record.reason) && record.metered_seconds == 0);
}

}  // namespace

bool is_refusal(end_reason reason) noexcept {
  // They stand together in the enumeration, but for what agents have brought about before.
  return (reason >= end_reason::unknown_number && reason <= end_reason::outbound_not_served) ||
         reason == end_reason::agents_failing;
}

usage_figures figures_of(const call_record& record) noexcept {
  usage_figures figures;
  figures.outcome = record.reason;
  figures.refused = was_turned_away(record);
  const auto cost = sum_in_dollars(record.cost);
  figures.cost = cost.amount;
  figures.unconverted = !cost.is_all;
  if (!figures.refused) figures.seconds = record.metered_seconds;
  return figures;
}

void usage_sums::add(const usage_figures& one) {
  ++(one.refused ? refused : calls);
  seconds += one.seconds;
  cost = saturated_sum(cost, one.cost);
  if (one.unconverted) ++unconverted;
  if (one.outcome) ++outcomes[*one.outcome];
}

void usage_sums::merge(const usage_sums& others) {
  calls += others.calls;
  refused += others.refused;
  seconds += others.seconds;
  cost = saturated_sum(cost, others.cost);
  unconverted += others.unconverted;
  for (const auto& [outcome, count] : others.outcomes) outcomes[outcome] += count;
}

void write_members(json_writer& out, const usage_sums& sums) {
  out.member("calls", sums.calls);
  out.key("minutes");
  out.json(minutes_in(sums.seconds));
  out.member("seconds", sums.seconds);
  out.key("cost");
  out.json(to_decimal(sums.cost));
  if (sums.unconverted > 0) out.member("unconverted", sums.unconverted);
  out.member("refused", sums.refused);
  out.open_object("outcomes");
  for (const auto& [outcome, count] : sums.outcomes) out.member(to_string(outcome), count);
  out.close_object();
}

}  // namespace tonris::model
