#include "tools/sim/wire/pending_wires.hpp"

#include <utility>

namespace tonris::sim {

void pending_wires::keep(std::string signature, std::shared_ptr<wire> laid, time_point now, time_point until) {
  std::erase_if(entries_, [now](const auto& known) { return known.second.until < now; });
  entries_[std::move(signature)] = {std::move(laid), until};
}

std::shared_ptr<wire> pending_wires::take(std::string_view signature) {
  const auto found = entries_.find(signature);
  if (found == entries_.end()) return nullptr;
  auto out = std::move(found->second.laid);
  entries_.erase(found);
  return out;
}

}  // namespace tonris::sim
