#pragma once

#include <string>
#include <vector>

namespace tonris::ctl {

/// A line of cells for each row, one below the other; numbers, by `is_number` of their column, at the right.
[[nodiscard]] std::string table_of(const std::vector<std::vector<std::string>>& rows,
                                   const std::vector<bool>& is_number);

}  // namespace tonris::ctl
