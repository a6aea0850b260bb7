#include "model/money/cost_change.hpp"

namespace tonris::model {

void cost_change::add(const call_cost& before, const call_cost& now) noexcept {
  for (std::size_t i = 0; i < cost_parts.size(); ++i) {
    const auto amount_of = [i](const call_cost& cost) {
      const auto& part = cost.*cost_parts[i].part;
      return part ? in_dollars(*part).value_or(0) : 0;
    };
    const auto change = amount_of(now) - amount_of(before);  // each within most_of_a_part
    auto& sum = change < 0 ? shrunk[i] : grown[i];
    sum = saturated_sum(sum, change < 0 ? -change : change);
  }
}

void cost_change::add(const cost_change& other) noexcept {
  for (std::size_t i = 0; i < cost_parts.size(); ++i) {
    grown[i] = saturated_sum(grown[i], other.grown[i]);
    shrunk[i] = saturated_sum(shrunk[i], other.shrunk[i]);
  }
}

}  // namespace tonris::model
