#include "model/usage_report/rate_interval.hpp"

#include <algorithm>
#include <cmath>

namespace tonris::model {

rate_interval rate_interval_of(std::uint64_t successes, std::uint64_t trials) noexcept {
  if (trials == 0) return {};
  constexpr double z = 1.959963984540054, z2 = z * z;  // the normal distribution's 97.5 %
  const auto n = static_cast<double>(trials), p = static_cast<double>(std::min(successes, trials)) / n;
  const double middle = p + z2 / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  const double size = 1 + z2 / n;
  return {successes == 0 ? 0 : std::max((middle - reach) / size, 0.0),
          successes >= trials ? 1 : std::min((middle + reach) / size, 1.0)};
}

}  // namespace tonris::model
