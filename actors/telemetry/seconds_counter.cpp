#include "actors/telemetry/seconds_counter.hpp"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <algorithm>

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

seconds_counter::seconds_counter(metrics& in, const char* name, const char* help)
    : counter_(&prometheus::BuildCounter().Name(name).Help(help).Register(in.registry()).Add({})) {}

void seconds_counter::rise_to(double so_far) const {
  counter_->Increment(std::max(so_far - counter_->Value(), 0.0));
}

}  // namespace tonris::actors
