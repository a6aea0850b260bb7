#pragma once

#include <optional>

#include "model/money/money.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// What an amount is in US dollars at these rates. Nothing where they have no exchange rate for it; nothing of a
/// currency is nothing in any.
[[nodiscard]] std::optional<micros> dollars_of(const usage_rates& rates, const money& amount) noexcept;

}  // namespace tonris::model
