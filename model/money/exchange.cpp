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

std::optional<money> converted(const usage_rates& rates, micros dollars, currency into) noexcept {
  if (into == us_dollars || dollars == 0) return money{dollars, into};
  const auto rate = rates.exchange.find(into.code());
  if (rate == rates.exchange.end()) return std::nullopt;
  const auto amount = rounded(static_cast<double>(dollars) / rate->second);
  return amount ? std::optional{money{*amount, into}} : std::nullopt;
}

}  // namespace tonris::model
