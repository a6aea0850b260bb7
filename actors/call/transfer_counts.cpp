#include "actors/call/transfer_counts.hpp"

#include <string>

#include "actors/call/metrics.hpp"
#include "model/phone/number.hpp"
#include "net/random_bytes.hpp"

namespace tonris::actors {

transfer_counts::transfer_counts() {
  net::fill_with_random(key_);
}

std::string transfer_counts::hash_of(std::string_view caller) const {
  if (!model::is_e164(caller)) return {};
  return std::to_string(model::siphash(key_, model::meeting_form(caller)));
}

std::uint32_t transfer_counts::placed(const model::tenant_id& tenant, std::string_view caller, time now) const {
  const auto hash = hash_of(caller);
  const std::scoped_lock lock{lock_};
  return counter_.placed(tenant, hash, now);
}

void transfer_counts::add(const model::tenant_id& tenant, std::string_view caller, time now, metrics& counters) {
  const auto hash = hash_of(caller);
  std::uint64_t forgotten = 0;
  {
    const std::scoped_lock lock{lock_};
    const auto before = counter_.forgotten();
    counter_.add(tenant, hash, now);
    forgotten = counter_.forgotten() - before;
  }
  if (forgotten > 0) counters.of<call_metrics>().transfer_count_forgotten(forgotten);
}

}  // namespace tonris::actors
