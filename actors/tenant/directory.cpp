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

/// The tenants by their numbers, in whichever form a number comes. Each call asks for its own number, which is nearly
/// always written as the tenant's is, and for its caller's, which is nearly always nobody's: both are cheap.
class by_number {
 public:
  explicit by_number(std::vector<model::tenant> tenants) {
    for (auto& t : tenants) {
      auto shared = std::make_shared<const model::tenant>(std::move(t));
      ends_.emplace(model::shared_end(shared->phone_number));
      by_meeting_form_.emplace(model::meeting_form(shared->phone_number), shared);
      as_written_.emplace(shared->phone_number, std::move(shared));
    }
  }

  [[nodiscard]] tenant_ptr find(const std::string& number) const {
    if (const auto found = as_written_.find(number); found != as_written_.end()) return found->second;
    if (!ends_.contains(std::string{model::shared_end(number)})) return nullptr;
    const auto found = by_meeting_form_.find(model::meeting_form(number));
    return found == by_meeting_form_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string, tenant_ptr> as_written_, by_meeting_form_;
  std::unordered_set<std::string> ends_;
};

}  // namespace

tenant_registry::behavior_type tenant_directory(tenant_registry::stateful_pointer<tenant_directory_state> self,
                                                std::vector<model::tenant> tenants, metrics* counters) {
  guard(self, *counters);
  const auto numbers = std::make_shared<by_number>(std::move(tenants));
  return {
      [numbers](const find_tenant& wanted) {
        const auto called = numbers->find(wanted.number), sent_on_by = numbers->find(wanted.forwarded_from);
        // Some carriers tell the called number itself as the one that sent the caller on.
        return found_tenant{called, numbers->find(wanted.from) || (sent_on_by && sent_on_by != called)};
      },
      [numbers](const replace_tenants& all) { *numbers = by_number{all.tenants}; },
  };
}

}  // namespace tonris::actors
