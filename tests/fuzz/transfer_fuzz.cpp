#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/phone/cost.hpp"
#include "model/phone/number.hpp"
#include "model/tool/transfer_guard.hpp"

// Laws: only a number that begins as the tenant allows, or stands on his list, is dialled, and an ordinary one unless
// it is on the list.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tonris::model;
  static const tenant salon = [] {
    tenant t;
    t.phone_number = "+14155550123";
    auto& transfer = t.transfer.emplace();
    transfer.numbers = {"+14155550100", "+4590123456"};
    transfer.prefixes = {"+1", "+44", "+8"};
    return t;
  }();
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto decided = decide_transfer(salon, {.requested = text, .called = "+14155550123"});
  if ((decided.verdict == transfer_verdict::allowed) == decided.number.empty()) std::abort();
  if (decided.number.empty() || is_listed(salon.transfer->numbers, decided.number)) return 0;
  if (!is_e164(decided.number) || cost_of(decided.number) != number_cost::ordinary) std::abort();
  for (const auto& prefix : salon.transfer->prefixes)
    if (decided.number.starts_with(prefix)) return 0;
  std::abort();
}
