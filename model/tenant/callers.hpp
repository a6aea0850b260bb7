#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Does a caller withhold his number? Then his text is a word ("anonymous"), no number.
[[nodiscard]] bool is_withheld(std::string_view caller);
/// Is he one of these: numbers in any of their forms, beginnings of numbers ("+1555*"), "withheld"?
[[nodiscard]] bool is_among(const std::vector<std::string>& callers, std::string_view caller);
/// The tenant's first rule that fits him; null: none.
[[nodiscard]] const tenant::caller_rule* rule_for(const tenant& t, std::string_view caller);

}  // namespace tonris::model
