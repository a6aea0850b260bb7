#pragma once

#include <array>

#include "model/money/cost_parts.hpp"
#include "model/money/money.hpp"

namespace tonris::model {

/// By how much what calls cost has grown, and by how much it has shrunk: each of cost_parts in US dollars, and what is
/// in another currency by what it is in these, where that is known. What they cost is the one less the other.
struct cost_change {
  std::array<micros, cost_parts.size()> grown{}, shrunk{};

  /// A call that cost so much costs as much as that now.
  void add(const call_cost& before, const call_cost& now) noexcept;
  void add(const cost_change& other) noexcept;
  bool operator==(const cost_change&) const = default;
};

}  // namespace tonris::model
