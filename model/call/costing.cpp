#include "model/call/costing.hpp"

#include <algorithm>

namespace tonris::model {

micros conversation_price(const usage_rates& rates, std::int64_t seconds, bool burst) noexcept {
  usage_rates conversation = rates;
  conversation.twilio_per_minute = conversation.stream_per_minute = 0;
  return cost_of(conversation, seconds) * (burst ? 2 : 1);
}

void estimate_cost(call_record& record, const rate_card& rates, std::int64_t seconds, call_record::time at) {
  const auto now = estimate(rates, record.started, seconds, at);
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

}  // namespace tonris::model
