#include "model/tenant/weighted.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace tonris::model {

namespace {

/// Between 0 and 1, neither of them.
double uniform(std::uint64_t bits) noexcept {
  return (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;
}

double draw(const tenant::agent_choice& choice, std::string_view key, const siphash_key& secret) {
  std::string text{key};
  text.append(1, '\0').append(choice.agent.value);
  return -static_cast<double>(choice.weight) / std::log(uniform(siphash(secret, text)));
}

}  // namespace

std::vector<const tenant::agent_choice*> by_draw(const std::vector<tenant::agent_choice>& agents, std::string_view key,
                                                 const siphash_key& secret) {
  std::vector<std::pair<double, const tenant::agent_choice*>> drawn;
  for (const auto& choice : agents)
    if (choice.weight > 0) drawn.emplace_back(draw(choice, key, secret), &choice);
  std::sort(drawn.begin(), drawn.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->agent.value < b.second->agent.value;
  });
  std::vector<const tenant::agent_choice*> order;
  for (const auto& one : drawn) order.push_back(one.second);
  return order;
}

}  // namespace tonris::model
