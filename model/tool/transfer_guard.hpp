#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// May the agent put this caller through to that number? It is a language model that asks, and the caller may have
/// talked it into it: only the tenant's settings decide (docs/tenants.md#transfers-by-the-agent).
enum class transfer_verdict : std::uint8_t {
  allowed,
  not_a_number,
  not_allowed,  ///< neither a number nor a prefix of the tenant's, or he has no `settings.transfer`
  own_number,   ///< the tenant's or the caller's own: the call would go in a circle
  circle,       ///< the call itself came from a tenant's number, or by way of one
  premium,
  satellite,
  shared_cost,
  too_many,  ///< of this caller, today
};
inline constexpr std::size_t transfer_verdict_count = static_cast<std::size_t>(transfer_verdict::too_many) + 1;
[[nodiscard]] std::string_view to_string(transfer_verdict verdict) noexcept;  ///< "shared_cost", for metrics
/// What the agent is told, one sentence; it holds no number.
[[nodiscard]] std::string_view told_to_agent(transfer_verdict verdict) noexcept;

struct transfer_question {
  std::string_view requested{};  ///< as the agent wrote it; "" where the tenant has just one number: that one is meant
  std::string_view caller{};     ///< E.164, or a word where he withholds it
  std::string_view called{};     ///< E.164: numbers without "+" are of its country
  bool from_tenant = false;      ///< the call comes from a tenant's number, or by way of one (ForwardedFrom)
  std::uint32_t placed = 0;      ///< transfers of this caller in the last 24 h (model/tool/transfer_counter.hpp)
};
struct transfer_decision {
  transfer_verdict verdict = transfer_verdict::not_allowed;
  std::string number{};  ///< to dial, E.164, when it is allowed: of the tenant's list as he has written it
};
/// Pure. In the order of the verdicts, but that a number of `settings.transfer.numbers` is no matter what it costs.
[[nodiscard]] transfer_decision decide_transfer(const tenant& t, const transfer_question& asked);

}  // namespace tonris::model
