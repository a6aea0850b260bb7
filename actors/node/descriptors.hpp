#pragma once

#include <cstddef>
#include <memory>

#include "net/descriptor_budget.hpp"

namespace tonris::actors {

/// Descriptors out of the reach of whoever connects (a third of them, where there are few): for the vendor's REST side,
/// names and the store.
inline constexpr std::size_t spare_descriptors = 200;

/// How this process's open descriptors are dealt out.
struct descriptor_plan {
  std::size_t limit = 0;                                ///< of the process, raised as far as it may be
  std::shared_ptr<net::descriptor_budget> connections;  ///< what whoever connects may have of it
};

/// At start. Warns where the limit is too low for so many calls.
[[nodiscard]] descriptor_plan plan_descriptors(std::size_t max_calls);

}  // namespace tonris::actors
