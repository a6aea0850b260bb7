#include "model/tool/transfer_counter.hpp"

namespace tonris::model {

namespace {

// A tenant's id has no blank in it.
std::string key_of(const tenant_id& tenant, std::string_view caller) {
  return std::string{tenant.value}.append(" ").append(caller);
}

}  // namespace

std::uint32_t transfer_counter::placed(const tenant_id& tenant, std::string_view caller, time now) const {
  const auto* const found = counts_.find(key_of(tenant, caller));
  return found == nullptr || found->until <= now ? 0 : found->placed;
}

void transfer_counter::add(const tenant_id& tenant, std::string_view caller, time now) {
  counts_.expire(now, [](const std::string&) {});
  const auto key = key_of(tenant, caller);
  if (auto* const found = counts_.find(key)) {
    ++found->placed;
    return;
  }
  if (counts_.size() >= most) {
    counts_.drop_first();
    ++forgotten_;
  }
  counts_.keep(key, now + day).first = {1, now + day};
}

}  // namespace tonris::model
