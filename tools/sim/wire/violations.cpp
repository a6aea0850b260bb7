#include "tools/sim/wire/violations.hpp"

#include <algorithm>

namespace tonris::sim {

void violation_log::add(violation found) {
  ++count_;
  if (kept_.size() < max_kept) kept_.push_back(std::move(found));
}

std::size_t violation_log::count(std::string_view rule) const noexcept {
  return static_cast<std::size_t>(std::ranges::count(kept_, rule, &violation::rule));
}

}  // namespace tonris::sim
