#include "actors/telemetry/histogram.hpp"

#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

namespace {

using std::chrono::duration;
using std::chrono::nanoseconds;

prometheus::Histogram& shown_as(metrics& in, const char* name, const char* help, std::span<const double> bounds,
                                const metric_labels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(in.registry());
  return family.Add(labels, prometheus::Histogram::BucketBoundaries{bounds.begin(), bounds.end()});
}

double seconds(nanoseconds took) noexcept {
  return duration<double>(std::max(took, nanoseconds::zero())).count();
}

}  // namespace

histogram::histogram(metrics& in, const char* name, const char* help, std::span<const double> bounds,
                     const metric_labels& labels)
    : histogram_(&shown_as(in, name, help, bounds, labels)) {}

void histogram::operator()(nanoseconds took) const {
  histogram_->Observe(seconds(took));
}

struct frame_histogram::state {
  state(prometheus::Histogram& where, std::span<const double> limits)
      : shown(where), bounds(limits.begin(), limits.end()), counts(limits.size() + 1), told(limits.size() + 1) {}

  prometheus::Histogram& shown;
  const std::vector<double> bounds;
  std::vector<std::atomic<std::uint64_t>> counts;  // the last one has no bound
  std::atomic<std::int64_t> sum{0};                // nanoseconds
  // who gathers
  std::vector<std::uint64_t> told;
  std::int64_t sum_told = 0;
};

frame_histogram::frame_histogram(metrics& in, const char* name, const char* help, std::span<const double> bounds)
    : state_(std::make_shared<state>(shown_as(in, name, help, bounds, {}), bounds)) {}

void frame_histogram::operator()(nanoseconds took) const noexcept {
  auto& now = *state_;
  const auto bucket = std::lower_bound(now.bounds.begin(), now.bounds.end(), seconds(took)) - now.bounds.begin();
  now.counts[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  now.sum.fetch_add(std::max(took, nanoseconds::zero()).count(), std::memory_order_relaxed);
}

void frame_histogram::gather() const {
  auto& now = *state_;
  std::vector<double> more;
  more.reserve(now.counts.size());
  for (std::size_t i = 0; i < now.counts.size(); ++i) {
    const auto count = now.counts[i].load(std::memory_order_relaxed);
    more.push_back(static_cast<double>(count - now.told[i]));
    now.told[i] = count;
  }
  const auto sum = now.sum.load(std::memory_order_relaxed);
  now.shown.ObserveMultiple(more, seconds(nanoseconds{sum - now.sum_told}));
  now.sum_told = sum;
}

}  // namespace tonris::actors
