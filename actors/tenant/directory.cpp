#include "actors/tenant/directory.hpp"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "actors/runtime/guard.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace {

/// The tenants by their ids and by their numbers, in whichever form a number comes. Each call asks for its own number,
/// which is nearly always written as the tenant's is, and for its caller's, which is nearly always nobody's: both are
/// cheap.
class known_tenants {
 public:
  explicit known_tenants(std::vector<model::tenant> tenants) {
    for (auto& t : tenants) {
      auto shared = std::make_shared<const model::tenant>(std::move(t));
      ends_.emplace(model::shared_end(shared->phone_number));
      by_meeting_form_.emplace(model::meeting_form(shared->phone_number), shared);
      by_id_.emplace(shared->id, shared);
      as_written_.emplace(shared->phone_number, std::move(shared));
    }
  }

  [[nodiscard]] tenant_ptr find(const std::string& number) const {
    if (const auto found = as_written_.find(number); found != as_written_.end()) return found->second;
    if (!ends_.contains(std::string{model::shared_end(number)})) return nullptr;
    const auto found = by_meeting_form_.find(model::meeting_form(number));
    return found == by_meeting_form_.end() ? nullptr : found->second;
  }

  [[nodiscard]] tenant_ptr find(const model::tenant_id& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string, tenant_ptr> as_written_, by_meeting_form_;
  std::unordered_map<model::tenant_id, tenant_ptr> by_id_;
  std::unordered_set<std::string> ends_;
};

}  // namespace

tenant_registry::behavior_type tenant_directory(tenant_registry::stateful_pointer<tenant_directory_state> self,
                                                std::vector<model::tenant> tenants, metrics* counters) {
  guard(self, *counters);
  const auto known = std::make_shared<known_tenants>(std::move(tenants));
  return {
      [known](const find_tenant& wanted) {
        const auto called = known->find(wanted.number), sent_on_by = known->find(wanted.forwarded_from);
        // Some carriers tell the called number itself as the one that sent the caller on.
        return found_tenant{called, known->find(wanted.from) || (sent_on_by && sent_on_by != called)};
      },
      [known](const find_tenant_by_id& wanted) { return found_tenant{known->find(wanted.id)}; },
      [known](const replace_tenants& all) { *known = known_tenants{all.tenants}; },
  };
}

}  // namespace tonris::actors
