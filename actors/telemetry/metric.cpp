#include "actors/telemetry/metric.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <functional>
#include <mutex>
#include <set>
#include <utility>

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

counter::counter(metrics& in, const char* name, const char* help, const metric_labels& labels)
    : counter_(&prometheus::BuildCounter().Name(name).Help(help).Register(in.registry()).Add(labels)) {}

void counter::operator()(std::uint64_t times) const {
  counter_->Increment(static_cast<double>(times));
}

void counter::by(double amount) const {
  counter_->Increment(amount);
}

void counter::rise_to(std::uint64_t so_far) const {
  counter_->Increment(static_cast<double>(so_far) - counter_->Value());
}

gauge::gauge(metrics& in, const char* name, const char* help, const metric_labels& labels)
    : gauge_(&prometheus::BuildGauge().Name(name).Help(help).Register(in.registry()).Add(labels)) {}

void gauge::set(double now) const {
  gauge_->Set(now);
}

counters_named::counters_named(metrics& in, const char* name, const char* help, const char* label)
    : family_(&prometheus::BuildCounter().Name(name).Help(help).Register(in.registry())), label_(label) {}

void counters_named::operator()(std::string_view value) const {
  family_->Add({{label_, std::string{value}}}).Increment();
}

struct bounded_counters::known {
  const std::size_t most;
  std::mutex lock;
  std::set<std::string, std::less<>> values;
};

bounded_counters::bounded_counters(metrics& in, const char* name, const char* help, const char* label, std::size_t most,
                                   const char* second)
    : family_(&prometheus::BuildCounter().Name(name).Help(help).Register(in.registry())),
      label_(label),
      second_(second),
      known_(new known{most, {}, {}}) {}

void bounded_counters::operator()(std::string_view value, std::string_view second) const {
  metric_labels labels;
  {
    const std::scoped_lock lock{known_->lock};
    auto& values = known_->values;
    const bool counts = values.contains(value) || values.size() < known_->most;
    labels.emplace(label_, counts ? *values.emplace(value).first : std::string{"other"});
  }
  if (second_) labels.emplace(second_, second);
  family_->Add(labels).Increment();
}

struct bounded_pairs::known {
  const std::size_t most;
  std::mutex lock;
  std::set<std::pair<std::string, std::string>> pairs;
};

bounded_pairs::bounded_pairs(metrics& in, const char* name, const char* help, const char* first, const char* second,
                             std::size_t most)
    : family_(&prometheus::BuildCounter().Name(name).Help(help).Register(in.registry())),
      first_(first),
      second_(second),
      known_(new known{most, {}, {}}) {}

void bounded_pairs::operator()(const std::string& first, const std::string& second) const {
  std::pair<std::string, std::string> pair{first, second};
  {
    const std::scoped_lock lock{known_->lock};
    auto& pairs = known_->pairs;
    if (!pairs.contains(pair) && pairs.size() >= known_->most)
      pair = {"other", "other"};
    else
      pairs.insert(pair);
  }
  family_->Add({{first_, std::move(pair.first)}, {second_, std::move(pair.second)}}).Increment();
}

}  // namespace tonris::actors
