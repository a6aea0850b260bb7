#include "model/money/exchange.hpp"

#include <cmath>

namespace tonris::model {

namespace {

std::optional<micros> rounded(double amount) noexcept {
  if (!(std::abs(amount) <= static_cast<double>(most_micros))) return std::nullopt;
  return std::llround(amount);
}

}  // namespace

std::optional<micros> dollars_of(const usage_rates& rates, const money& amount) noexcept {
  if (amount.in == us_dollars || amount.amount == 0) return amount.amount;
  const auto rate = rates.exchange.find(amount.in.code());
  if (rate == rates.exchange.end()) return std::nullopt;
  return rounded(static_cast<double>(amount.amount) * rate->second);
}

}  // namespace tonris::model
