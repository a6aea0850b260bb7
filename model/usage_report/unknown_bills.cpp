#include "model/usage_report/unknown_bills.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

#include "model/call/costing.hpp"
#include "model/money/call_cost.hpp"
#include "model/tenant/agents.hpp"

namespace tonris::model {

namespace {

using time = call_record::time;

money in_dollars_if_known(const rate_card& rates, time started, const money& said) {
  const auto dollars = in_dollars(twilios_price(rates, started, said, started));
  return dollars ? money{*dollars, us_dollars} : said;
}

/// One whose records are gone by then is left out.
void add_line(std::vector<billed_call>& lines, const bill_owners& owners, billed_call line) {
  if (!owners.forgets(line.tenant)) lines.push_back(std::move(line));
}

}  // namespace

void known_ids::add(const call_record& record) {
  ids_.insert(digest(record.call.value));
  for (const auto& leg : record.legs) ids_.insert(digest(leg.call.value));
  for (const auto& one : record.conversations) ids_.insert(digest(one.id.value));
  for (const auto& one : record.reports) ids_.insert(digest(one.conversation.value));
}

void bill_owners::add(const tenant& t) {
  const bool forgets = t.retention && t.retention->days < forgets_within_days;
  if (forgets) forgetful_.insert(t.id);
  for (const auto& agent : agents_of(t, by_business_, default_agent_)) {
    const auto [known, is_new] = agents_.try_emplace(agent, holder{t.id});
    if (!is_new) known->second.tenant = {};
    if (forgets) known->second.forgets = true;
  }
}

tenant_id bill_owners::of_number(const std::string& number) const {
  const auto known = numbers_.find(number);
  return known == numbers_.end() ? tenant_id{} : known->second;
}

tenant_id bill_owners::of_agent(const agent_id& agent) const {
  const auto known = agents_.find(agent);
  return known == agents_.end() ? tenant_id{} : known->second.tenant;
}

bool bill_owners::forgets(const agent_id& agent) const {
  const auto known = agents_.find(agent);
  return known != agents_.end() && known->second.forgets;
}

std::vector<drift_row> unknown_at_twilio(const std::vector<twilio_listed_call>& calls, const bill_owners& owners,
                                         const tenant_id& otherwise, const rate_card& rates) {
  std::unordered_map<call_sid, tenant_id> of_calls;
  for (const auto& one : calls) of_calls.emplace(one.call, owners.of_number(one.number));
  std::vector<billed_call> lines;
  for (const auto& one : calls) {
    const auto parent = of_calls.find(one.parent);
    auto whose = parent == of_calls.end() ? of_calls.at(one.call) : parent->second;
    if (whose.empty()) whose = otherwise;
    const time started = one.started.value_or(std::chrono::sys_seconds{});
    const auto cost = one.cost ? in_dollars_if_known(rates, started, *one.cost) : money{0, us_dollars};
    add_line(lines, owners, {one.call, std::move(whose), cost, one.seconds});
  }
  return reconcile({}, lines);
}

std::vector<drift_row> unknown_at_elevenlabs(const std::vector<elevenlabs::listed_conversation>& conversations,
                                             const bill_owners& owners, const tenant_id& otherwise,
                                             const rate_card& rates) {
  std::vector<billed_call> lines;
  for (const auto& one : conversations) {
    auto whose = otherwise.empty() ? owners.of_agent(one.agent) : otherwise;
    if (otherwise.empty() && owners.forgets(one.agent)) continue;
    const auto price = conversation_price(rates.at(one.started), one.seconds, false);
    add_line(lines, owners, {{one.conversation.value}, std::move(whose), {price, us_dollars}, one.seconds});
  }
  return reconcile({}, lines);
}

std::size_t calls_only_theirs(const std::vector<drift_row>& rows) noexcept {
  std::size_t calls = 0;
  for (const auto& row : rows) calls += row.only_theirs.count;
  return calls;
}

}  // namespace tonris::model
