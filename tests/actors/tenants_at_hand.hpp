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
  const auto called = [find](const std::string& number) {
    return find([&](const model::tenant& t) { return model::is_listed(numbers_of(t), number); });
  };
  return {
      [called](const find_tenant& wanted) {
        const auto found = called(wanted.number), sent_on_by = called(wanted.forwarded_from);
        const bool sent_on = sent_on_by && !(found && found->id == sent_on_by->id);
        return found_tenant{found, called(wanted.from) || sent_on};
      },
      [find](const find_tenant_by_id& wanted) {
        return found_tenant{find([&](const model::tenant& t) { return t.id == wanted.id; })};
      },
      [all](const replace_tenants& now) { *all = now.tenants; },
  };
}

inline void replace(const tenant_registry& at_hand, std::vector<model::tenant> now) {
  caf::anon_send(caf::actor_cast<tenants_for_tests>(at_hand), replace_tenants{std::move(now)});
}

}  // namespace tonris::actors::test
