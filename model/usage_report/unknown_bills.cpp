#include "model/usage_report/unknown_bills.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "model/call/costing.hpp"
#include "model/json/lenient.hpp"
#include "model/json/lookup.hpp"
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
void add_bill(std::vector<unknown_bill>& bills, const bill_owners& owners, unknown_bill bill) {
  if (!owners.forgets(bill.line.tenant)) bills.push_back(std::move(bill));
}

/// More than any version keeps of a call.
constexpr json_limits record_limits{.bytes = 16 * 1024 * 1024, .values = 1'000'000};

struct named_ids {
  const char *list, *id;
};
constexpr std::array ids_in_lists{named_ids{"legs", "callSid"}, named_ids{"conversations", "conversationId"},
                                  named_ids{"vendorReports", "conversationId"}};

}  // namespace

bool known_ids::add_record(std::string_view json) {
  rapidjson::Document document;
  if (!parse_object(json, record_limits, document)) return false;
  const lenient_object record{&document};
  const auto add_named = [this](const lenient_object& in, const char* name) {
    const auto id = in.text(name);
    if (!id.empty()) add(id);
    return !id.empty();
  };
  for (const auto& [list, id] : ids_in_lists)
    if (const auto* const items = record.list(list))
      for (const auto& item : items->GetArray()) (void)add_named(lenient_object{&item}, id);
  return add_named(record, "callSid");
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

std::vector<unknown_bill> unknown_at_twilio(const std::vector<twilio_listed_call>& calls, const bill_owners& owners,
                                            const tenant_id& otherwise, const rate_card& rates) {
  std::unordered_map<call_sid, tenant_id> of_calls;
  for (const auto& one : calls) of_calls.emplace(one.call, owners.of_number(one.number));
  std::vector<unknown_bill> bills;
  for (const auto& one : calls) {
    const auto parent = of_calls.find(one.parent);
    auto whose = parent == of_calls.end() ? of_calls.at(one.call) : parent->second;
    if (whose.empty()) whose = otherwise;
    const time started = one.started.value_or(std::chrono::sys_seconds{});
    const auto cost = one.cost ? in_dollars_if_known(rates, started, *one.cost) : money{0, us_dollars};
    add_bill(bills, owners, {{one.call, std::move(whose), cost, one.seconds}, one.parent});
  }
  return bills;
}

std::vector<unknown_bill> unknown_at_elevenlabs(const std::vector<elevenlabs::listed_conversation>& conversations,
                                                const bill_owners& owners, const tenant_id& otherwise,
                                                const rate_card& rates) {
  std::vector<unknown_bill> bills;
  for (const auto& one : conversations) {
    auto whose = otherwise.empty() ? owners.of_agent(one.agent) : otherwise;
    if (otherwise.empty() && owners.forgets(one.agent)) continue;
    const auto price = conversation_price(rates.at(one.started), one.seconds, false);
    add_bill(bills, owners, {{{one.conversation.value}, std::move(whose), {price, us_dollars}, one.seconds}});
  }
  return bills;
}

std::vector<drift_row> rows_of(const std::vector<unknown_bill>& bills) {
  std::vector<billed_call> lines;
  lines.reserve(bills.size());
  for (const auto& one : bills) lines.push_back(one.line);
  return reconcile({}, lines);
}

std::size_t calls_only_theirs(const std::vector<drift_row>& rows) noexcept {
  std::size_t calls = 0;
  for (const auto& row : rows) calls += row.only_theirs.count;
  return calls;
}

}  // namespace tonris::model
