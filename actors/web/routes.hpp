#pragma once

#include <span>

#include "actors/web/router.hpp"

namespace tonris::actors {

/// All that this node answers, one row a route: what docs/operations.md lists, tested row by row.
[[nodiscard]] std::span<const route> routes() noexcept;

}  // namespace tonris::actors
