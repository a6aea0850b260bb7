#include "model/tenant/ways_out.hpp"

#include <cstddef>
#include <utility>

namespace tonris::model {

std::vector<way_out> ways_out_of(const tenant& t) {
  std::vector<way_out> ways;
  const auto add = [&](std::string path, const std::string& to) {
    if (to.empty()) return;
    auto& way = ways.emplace_back();
    way.path = std::move(path);
    way.to = &to;
  };
  if (t.fallback.transfer_to) add("settings.fallback.transferTo", *t.fallback.transfer_to);
  if (t.business_hours) add("settings.businessHours.closed.transferTo", t.business_hours->closed.transfer_to);
  add("settings.limits.overflow.transferTo", t.limits.overflow.transfer_to);
  for (std::size_t i = 0; i < t.caller_rules.size(); ++i)
    add("settings.callerRules[" + std::to_string(i) + "].transferTo", t.caller_rules[i].transfer_to);
  if (t.transfer)
    for (std::size_t i = 0; i < t.transfer->numbers.size(); ++i)
      add("settings.transfer.numbers[" + std::to_string(i) + "]", t.transfer->numbers[i]);
  return ways;
}

}  // namespace tonris::model
