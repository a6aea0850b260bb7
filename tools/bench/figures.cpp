#include "tools/bench/figures.hpp"

#include <algorithm>

namespace tonris::bench {

void sheet::set_times(std::string_view name, const histogram& times) {
  const std::string base{name};
  const auto ms = [](nanos t) { return static_cast<double>(t) / one_ms; };
  set(base + "_p50_ms", ms(times.percentile(50)));
  set(base + "_p90_ms", ms(times.percentile(90)));
  set(base + "_p99_ms", ms(times.percentile(99)));
  set(base + "_p99_9_ms", ms(times.percentile(99.9)));
  set(base + "_max_ms", ms(times.max()));
  set(base + "_count", static_cast<double>(times.count()));
}

std::optional<double> sheet::get(std::string_view name) const noexcept {
  const auto found = std::ranges::find(figures_, name, &figure::name);
  if (found == figures_.end()) return std::nullopt;
  return found->value;
}

std::optional<spread> spread_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return spread{values.front(), median, values.back()};
}

std::vector<double> values_of(const std::vector<run_report>& runs, std::string_view target, std::string_view name) {
  std::vector<double> values;
  for (const auto& run : runs) {
    const auto value = run.target == target ? run.figures.get(name) : std::nullopt;
    if (value) values.push_back(*value);
  }
  return values;
}

std::vector<double> ratios_of(const std::vector<run_report>& runs, std::string_view name, ratio_of what) {
  std::vector<double> ratios;
  for (const auto& one : runs) {
    if (one.target != what.above) continue;
    const auto other = std::ranges::find_if(runs, [&](const run_report& r) {
      return r.target == what.below && r.round == one.round && r.calls == one.calls;
    });
    const auto above = one.figures.get(name);
    const auto below = other == runs.end() ? std::nullopt : other->figures.get(name);
    if (above && below && *below > 0) ratios.push_back(*above / *below);
  }
  return ratios;
}

}  // namespace tonris::bench
