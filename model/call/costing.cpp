#include "model/call/costing.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "model/call/never_live.hpp"
#include "model/money/exchange.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {

namespace {

using some_parts = std::vector<const std::optional<cost_part>*>;

/// In which currency parts of a bill are added up.
struct common_currency {
  currency in;
  bool is_only = true;     ///< no part is in another
  bool in_dollars = true;  ///< of each it is known what it is in US dollars
};

/// What costs nothing does so in any currency.
common_currency common_of(const some_parts& parts) {
  common_currency common;
  std::optional<call_record::time> newest;
  std::optional<currency> without_rate;
  for (const auto* const part : parts) {
    if (!*part || (*part)->amount.amount == 0) continue;
    const auto& one = **part;
    if (!in_dollars(one)) without_rate = one.amount.in;
    common.is_only = common.is_only && (!newest || one.amount.in == common.in);
    common.in_dollars = common.in_dollars && in_dollars(one);
    if (newest && one.at < *newest) continue;
    newest = one.at;
    common.in = one.amount.in;
  }
  // In dollars the sum would pass for all of it.
  if (without_rate && common.in == us_dollars) common.in = *without_rate;
  return common;
}

/// Nothing where there is none.
std::optional<cost_part> sum_of(const some_parts& parts) {
  const auto common = common_of(parts);
  const bool is_exchanged = !common.is_only && common.in_dollars;
  std::optional<cost_part> all;
  micros dollars = 0;
  bool is_final = true;
  for (const auto* const part : parts) {
    is_final = is_final && *part && (*part)->is_final;
    if (!*part) continue;
    if (!all) all = cost_part{{0, is_exchanged ? us_dollars : common.in}, false, (*part)->source, (*part)->at};
    const auto of_it = in_dollars(**part).value_or(0);
    dollars = saturated_sum(dollars, of_it);
    const bool counts = (*part)->amount.in == common.in || is_exchanged;
    if (counts) all->amount.amount = saturated_sum(all->amount.amount, is_exchanged ? of_it : (*part)->amount.amount);
    all->source = std::min(all->source, (*part)->source);
    all->at = std::max(all->at, (*part)->at);
  }
  if (!all) return all;
  all->is_final = is_final;
  if (all->amount.in != us_dollars && common.in_dollars) all->dollars = dollars;
  return all;
}

/// Before a report has a price this estimate is the newest, also behind one that was final: a caller who comes back may
/// have the conversation that he did not have.
void estimate_conversations(call_record& record, cost_part estimated) {
  auto& known = record.cost.elevenlabs;
  if (std::ranges::none_of(record.conversations, was_live)) estimated.amount.amount = 0;
  if (record.conversations.empty()) estimated.is_final = record.ended.has_value();
  const bool has_price = std::ranges::any_of(record.reports, [](const auto& one) { return one.price.has_value(); });
  if (known && (has_price || known->source == cost_source::vendor))
    (void)take(known, estimated);
  else
    known = estimated;
}

/// So many minutes of the call Twilio bills; nothing: it has not said yet.
std::optional<std::int64_t> billed_minutes(const std::optional<carrier_progress>& said) noexcept {
  if (!said || !twilio::is_final(said->status)) return std::nullopt;
  const auto seconds = said->seconds.value_or(0);
  if (seconds == 0 && said->status != twilio::call_status::completed) return 0;  // nobody took it
  if (!said->seconds) return std::nullopt;
  return cost_of_begun_minutes(1, seconds);
}

/// No more than a record can say.
micros cost_of_minutes(micros a_minute, std::int64_t minutes) noexcept {
  const auto most = most_of_a_part / std::max<std::int64_t>(minutes, 1);
  return std::clamp(a_minute, -most, most) * minutes;
}

/// By our meter, until Twilio has told its own length.
void estimate_connection(call_record& record, const cost_part& metered, micros a_minute) {
  auto& known = record.cost.twilio;
  if (known && known->source == cost_source::vendor) return;
  const auto minutes = billed_minutes(record.twilio);
  if (!minutes) {
    (void)take(known, metered);
    return;
  }
  const money amount{cost_of_minutes(a_minute, *minutes), us_dollars};
  known = cost_part{amount, false, cost_source::estimate, record.twilio->at};
}

/// All of them say more than our estimate, whenever that was made.
void take_reported(std::optional<cost_part>& known, const cost_part& told) {
  if (known && told.is_final && known->source == cost_source::estimate)
    known = told;
  else
    (void)take(known, told);
}

}  // namespace

micros conversation_price(const usage_rates& rates, std::int64_t seconds, bool burst) noexcept {
  usage_rates conversation = rates;
  conversation.twilio_per_minute = conversation.stream_per_minute = 0;
  return cost_of(conversation, seconds) * (burst ? 2 : 1);
}

dialled_by who_dialled(const call_record& record) noexcept {
  return twilio::is_outbound(record.direction) ? dialled_by::business : dialled_by::caller;
}

void price_report(call_record::vendor_report& report, const usage_rates& rates) noexcept {
  if (report.credits && rates.per_credit) {
    report.price = micros_of(static_cast<double>(*report.credits) * *rates.per_credit);
    report.charged = report.price.has_value();
  }
  if (!report.charged && report.seconds) report.price = conversation_price(rates, *report.seconds, report.burst);
}

void estimate_cost(call_record& record, const rate_card& rates, std::int64_t seconds, call_record::time at) {
  const auto who = who_dialled(record);
  const auto now = estimate(rates, record.started, seconds, at, who);
  const auto minute = estimate_of_refusal(rates, record.started, at, who);
  estimate_connection(record, *now.twilio, minute.twilio->amount.amount);
  record.cost.stream = estimate_of_streams(rates, record, at);
  estimate_conversations(record, *now.elevenlabs);
  settle_reports(record);
}

void estimate_refusal(call_record& record, const rate_card& rates, call_record::time at) {
  const auto minute = estimate_of_refusal(rates, record.started, at, who_dialled(record));
  estimate_connection(record, *minute.twilio, minute.twilio->amount.amount);
}

void settle_connection(call_record& record, const std::optional<carrier_progress>& before) {
  auto& known = record.cost.twilio;
  const auto minutes = billed_minutes(record.twilio);
  if (!minutes || !known || known->source != cost_source::estimate) return;
  const auto told_before = billed_minutes(before);
  const bool was_by_told = told_before && known->at == before->at;  // else by our meter; an older version's always
  const auto made_of = was_by_told ? *told_before : cost_of_begun_minutes(1, record.metered_seconds);
  // Of a call that nobody took, and somebody after all, a minute costs nothing until its price is told.
  const auto a_minute = made_of == 0 ? 0 : known->amount.amount / made_of;
  known->amount.amount = cost_of_minutes(a_minute, *minutes);
  known->at = record.twilio->at;
}

void settle_reports(call_record& record) {
  micros conversations = 0, models = 0;
  bool has_price = false, has_model = false, is_charged = true;
  std::size_t priced = 0;
  auto newest = record.started;
  for (const auto& one : record.reports) {
    if (one.price || one.llm_price) newest = std::max(newest, one.at);
    if (one.price) conversations += *one.price, has_price = true, ++priced, is_charged = is_charged && one.charged;
    const auto model = one.llm_price && !one.charged ? micros_of(*one.llm_price) : std::nullopt;
    if (model) models += *model, has_model = true;
  }
  const bool is_all = record.ended && priced >= record.conversations.size();
  const auto source = is_all && is_charged ? cost_source::vendor : cost_source::estimate;
  if (has_price) take_reported(record.cost.elevenlabs, {{conversations, us_dollars}, is_all, source, newest});
  if (has_price && is_charged) record.cost.llm.reset();  // it is in the charge
  if (has_model) record.cost.llm = cost_part{{models, us_dollars}, is_all, cost_source::vendor, newest};
}

cost_part estimate_of_streams(const rate_card& rates, const call_record& record, call_record::time at) {
  const auto a_minute = rates.at(record.started).stream_per_minute;
  micros all = 0;
  auto until = at;  // of one whose end nobody has told, until the next
  for (auto one = record.streams.rbegin(); one != record.streams.rend(); ++one) {
    const auto lasted = std::chrono::ceil<std::chrono::seconds>(one->ended.value_or(until) - one->started);
    all += cost_of_begun_minutes(a_minute, lasted.count());
    until = one->started;
  }
  return {{all, us_dollars}, record.ended.has_value(), cost_source::estimate, at};
}

std::optional<cost_part> estimate_of_detection(const rate_card& rates, call_record::time started, bool was_asked_for) {
  const auto a_call = rates.at(started).machine_detection_per_call;
  if (!was_asked_for || !a_call) return std::nullopt;
  return cost_part{{*a_call, us_dollars}, true, cost_source::estimate, started};
}

cost_part estimate_of_leg(const rate_card& rates, call_record::time started, const call_record::leg& leg) {
  if (!was_answered(leg)) return {{0, us_dollars}, !leg.status.empty(), cost_source::estimate, leg.at};
  const auto amount = cost_of_begun_minutes(rates.at(started).outbound_per_minute, leg.seconds);
  return {{amount, us_dollars}, false, cost_source::estimate, leg.at};
}

cost_part estimate_of_recording(const rate_card& rates, call_record::time started, std::int64_t seconds,
                                call_record::time at) {
  const auto amount = cost_of_begun_minutes(rates.at(started).recording_per_minute, seconds);
  return {{amount, us_dollars}, false, cost_source::estimate, at};
}

cost_part twilios_price(const rate_card& rates, call_record::time started, const money& said, call_record::time at) {
  cost_part part{said, true, cost_source::vendor, at};
  if (said.in != us_dollars) part.dollars = dollars_of(rates.at(started), said);
  return part;
}

void settle_legs(call_record& record) {
  some_parts parts;
  for (const auto& one : record.legs) parts.push_back(&one.cost);
  if (const auto all = sum_of(parts)) record.cost.transfer = all;
}

void settle_recordings(call_record& record) {
  some_parts parts;
  for (const auto& one : record.voicemail) parts.push_back(&one.cost);
  for (const auto& one : record.recordings)
    if (one.status != "absent") parts.push_back(&one.cost);
  if (const auto all = sum_of(parts)) record.cost.recording = all;
}

bool was_answered(const call_record::leg& leg) noexcept {
  return twilio::was_answered(leg.status);
}

}  // namespace tonris::model
