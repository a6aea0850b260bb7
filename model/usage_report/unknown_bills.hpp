#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/elevenlabs/conversation_list.hpp"
#include "model/money/reconciliation.hpp"
#include "model/money/twilio_call_list.hpp"
#include "model/tenant/business_types.hpp"
#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// A call or conversation that a vendor bills and nobody here knows.
struct unknown_bill {
  billed_call line;   ///< with whose it is
  call_sid parent{};  ///< of a leg that was dialled for it
};

/// The calls that records name, their legs and their conversations. By their digests, which take a tenth of the room:
/// once in many million days one passes for another.
class known_ids {
 public:
  /// Whatever ids a record's JSON has: also that of a newer version, of which this one can make no record. False: its
  /// CallSid is not among them.
  [[nodiscard]] bool add_record(std::string_view json);
  void add(std::string_view id) { ids_.insert(digest(id)); }
  [[nodiscard]] bool has(std::string_view id) const { return ids_.contains(digest(id)); }
  [[nodiscard]] bool has(const twilio_listed_call& listed) const { return has(listed.call, listed.parent); }
  [[nodiscard]] bool has(const unknown_bill& bill) const { return has(bill.line.call, bill.parent); }

 private:
  [[nodiscard]] bool has(const call_sid& call, const call_sid& parent) const {
    return has(call.value) || (!parent.empty() && has(parent.value));
  }

  static std::size_t digest(std::string_view id) noexcept { return std::hash<std::string_view>{}(id); }

  std::unordered_set<std::size_t> ids_;
};

/// Whose something is that a vendor bills and nobody here knows.
class bill_owners {
 public:
  /// Of its records the day's are not all there any more when its bills have come: nobody knows what was unknown.
  static constexpr std::uint32_t forgets_within_days = 5;

  bill_owners(business_types by_business, agent_id default_agent)
      : by_business_(std::move(by_business)), default_agent_(std::move(default_agent)) {}

  void add(const tenant& t);  ///< each once
  void has_number(const std::string& number, tenant_id owner) { numbers_.insert_or_assign(number, std::move(owner)); }
  [[nodiscard]] tenant_id of_number(const std::string& number) const;  ///< "": nobody's
  [[nodiscard]] tenant_id of_agent(const agent_id& agent) const;       ///< "": nobody's, or of several
  [[nodiscard]] bool forgets(const tenant_id& whose) const { return forgetful_.contains(whose); }
  [[nodiscard]] bool forgets(const agent_id& agent) const;  ///< one who has it does

 private:
  struct holder {
    tenant_id tenant;  ///< "": several
    bool forgets = false;
  };

  // given
  business_types by_business_;
  agent_id default_agent_;
  // state
  std::unordered_map<std::string, tenant_id> numbers_;
  std::unordered_map<agent_id, holder> agents_;
  std::unordered_set<tenant_id> forgetful_;
};

/// What nobody here knows and whose it is, at what Twilio charges, in US dollars where there is an exchange rate, and
/// at our rates for so many seconds of a conversation. What Twilio has not rated stands with its seconds alone. A call
/// is its number's tenant's, a leg its call's, else `otherwise`, whose account or key it is; an agent's conversation
/// the tenant's that alone has it.
[[nodiscard]] std::vector<unknown_bill> unknown_at_twilio(const std::vector<twilio_listed_call>& calls,
                                                          const bill_owners& owners, const tenant_id& otherwise,
                                                          const rate_card& rates);
[[nodiscard]] std::vector<unknown_bill> unknown_at_elevenlabs(
    const std::vector<elevenlabs::listed_conversation>& conversations, const bill_owners& owners,
    const tenant_id& otherwise, const rate_card& rates);

/// Their rows: on the vendor's side alone.
[[nodiscard]] std::vector<drift_row> rows_of(const std::vector<unknown_bill>& bills);
/// So many of them are in the rows.
[[nodiscard]] std::size_t calls_only_theirs(const std::vector<drift_row>& rows) noexcept;

}  // namespace tonris::model
