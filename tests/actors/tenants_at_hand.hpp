#pragma once

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "actors/runtime/message.hpp"
#include "actors/tenant/messages.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors::test {

struct replace_tenants {
  using travels = in_process;
  std::vector<model::tenant> tenants;
  model::tenant_id default_tenant{};
};
using tenants_for_tests = tenant_registry::extend<caf::reacts_to<replace_tenants>>;

/// A registry of tenants that a test names.
inline tenants_for_tests::behavior_type tenants_at_hand(tenants_for_tests::pointer,
                                                        std::vector<model::tenant> tenants) {
  const auto all = std::make_shared<std::vector<model::tenant>>(std::move(tenants));
  const auto find = [all](auto is_wanted) -> tenant_ptr {
    for (const auto& t : *all)
      if (is_wanted(t)) return std::make_shared<const model::tenant>(t);
    return nullptr;
  };
  const auto stands_in = std::make_shared<model::tenant_id>();
  const auto called = [find](const std::string& number) {
    return find([&](const model::tenant& t) { return model::is_listed(numbers_of(t), number); });
  };
  return {
      [=](const find_tenant& wanted) {
        const auto found = called(wanted.number), sent_on_by = called(wanted.forwarded_from);
        const bool sent_on = sent_on_by && !(found && found->id == sent_on_by->id);
        const bool from_tenant = called(wanted.from) || sent_on;
        if (found || !wanted.or_default || stands_in->empty()) return found_tenant{found, from_tenant};
        const auto other = find([&](const model::tenant& t) { return t.id == *stands_in; });
        return found_tenant{other, from_tenant, other != nullptr};
      },
      [find](const find_tenant_by_id& wanted) {
        return found_tenant{find([&](const model::tenant& t) { return t.id == wanted.id; })};
      },
      [=](const replace_tenants& now) {
        *all = now.tenants;
        *stands_in = now.default_tenant;
      },
  };
}

inline void replace(const tenant_registry& at_hand, std::vector<model::tenant> now,
                    model::tenant_id default_tenant = {}) {
  caf::anon_send(caf::actor_cast<tenants_for_tests>(at_hand),
                 replace_tenants{std::move(now), std::move(default_tenant)});
}

}  // namespace tonris::actors::test
