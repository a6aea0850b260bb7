#include "actors/access/metrics.hpp"

#include <string_view>

namespace tonris::actors {

namespace {

constexpr std::string_view look_ups[] = {"known", "asked"};

}  // namespace

access_metrics::access_metrics(metrics& in)
    : looked_up(in, "tonris_api_key_lookups_total", "Tenants' keys looked up, by whether the store was asked", "from",
                look_ups),
      store_failed(in, "tonris_access_store_failures_total", "What the store of keys could not read or write") {}

}  // namespace tonris::actors
