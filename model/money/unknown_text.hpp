#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/money/reconciliation.hpp"

namespace tonris::model {

/// No text of more is read.
inline constexpr std::size_t most_unknown_bytes = std::size_t{2} * 1024 * 1024;

/// Rows of what a vendor bills and nobody knows, for another node: [["salon-1","USD",calls,amount,seconds],…]. Which
/// calls they are is not in it, nor what else a row may say.
[[nodiscard]] std::string text_of_unknown(std::span<const drift_row> rows);
/// Nothing: it is not such a text, or too long.
[[nodiscard]] std::optional<std::vector<drift_row>> parse_unknown(std::string_view text);

}  // namespace tonris::model
