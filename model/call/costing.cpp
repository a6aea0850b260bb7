#include "model/call/costing.hpp"

#include <algorithm>
#include <vector>

#include "model/twilio/webhook.hpp"

namespace tonris::model {

namespace {

/// Nothing where there is none, or nobody can add them up.
std::optional<cost_part> sum_of(const std::vector<const std::optional<cost_part>*>& parts) {
  std::optional<cost_part> all;
  bool is_final = true;
  for (const auto* const part : parts) {
    is_final = is_final && *part && (*part)->is_final;
    if (!*part) continue;
    if (!all) {
      all = **part;
      continue;
    }
    const auto amount = sum(all->amount, (*part)->amount);
    if (!amount) return std::nullopt;
    all->amount = *amount;
    all->source = std::min(all->source, (*part)->source);
    all->at = std::max(all->at, (*part)->at);
  }
  if (all) all->is_final = is_final;
  return all;
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

void estimate_cost(call_record& record, const rate_card& rates, std::int64_t seconds, call_record::time at) {
  const auto now = estimate(rates, record.started, seconds, at, who_dialled(record));
  (void)take(record.cost.twilio, *now.twilio);
  (void)take(record.cost.elevenlabs, *now.elevenlabs);
  settle_reports(record);
}

void settle_reports(call_record& record) {
  micros conversations = 0, models = 0;
  bool has_price = false, has_model = false;
  std::size_t priced = 0;
  auto newest = record.started;
  for (const auto& one : record.reports) {
    newest = std::max(newest, one.at);
    if (one.price) conversations += *one.price, has_price = true, ++priced;
    const auto model = one.llm_price ? micros_of(*one.llm_price) : std::nullopt;
    if (model) models += *model, has_model = true;
  }
  const bool is_all = record.ended && priced >= record.conversations.size();
  if (has_price)
    (void)take(record.cost.elevenlabs, {{conversations, us_dollars}, is_all, cost_source::estimate, newest});
  if (has_model) record.cost.llm = cost_part{{models, us_dollars}, is_all, cost_source::vendor, newest};
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

void settle_legs(call_record& record) {
  std::vector<const std::optional<cost_part>*> parts;
  for (const auto& one : record.legs) parts.push_back(&one.cost);
  if (const auto all = sum_of(parts)) record.cost.transfer = all;
}

void settle_recordings(call_record& record) {
  std::vector<const std::optional<cost_part>*> parts;
  for (const auto& one : record.voicemail) parts.push_back(&one.cost);
  for (const auto& one : record.recordings)
    if (one.status != "absent") parts.push_back(&one.cost);
  if (const auto all = sum_of(parts)) record.cost.recording = all;
}

bool was_answered(const call_record::leg& leg) noexcept {
  return twilio::was_answered(leg.status);
}

}  // namespace tonris::model
