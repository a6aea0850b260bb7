#include "model/tenant/routing.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace tonris::model {

namespace {

// FNV-1a: the same number on every machine and in every version, which std::hash does not promise. The call must keep
// its agent when another node takes it over.
std::uint64_t stable_hash(std::string_view text) noexcept {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1'099'511'628'211ULL;
  }
  return hash;
}

std::uint64_t total_weight(const std::vector<tenant::agent_choice>& agents) noexcept {
  std::uint64_t total = 0;
  for (const auto& choice : agents) total += choice.weight;
  return total;
}

}  // namespace

agent_id choose_agent(const tenant& t, const call_sid& call, const agent_id& fallback) {
  if (const auto total = total_weight(t.agents); total > 0) {
    auto drawn = stable_hash(call.value) % total;
    for (const auto& choice : t.agents) {
      if (drawn < choice.weight) return choice.agent;
      drawn -= choice.weight;
    }
  }
  return t.agent.empty() ? fallback : t.agent;
}

}  // namespace tonris::model
