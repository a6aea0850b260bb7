#include "actors/tenant_directory.hpp"

#include <utility>

#include "actors/runtime/crash.hpp"
#include "model/phone_number.hpp"

namespace tonris::actors {

namespace {

/// By the form in which all ways to write one number meet.
using by_number = std::unordered_map<std::string, tenant_ptr>;

by_number index(std::vector<model::tenant> tenants) {
  by_number numbers;
  for (auto& t : tenants) {
    auto shared = std::make_shared<const model::tenant>(std::move(t));
    numbers.emplace(model::meeting_form(shared->phone_number), shared);
  }
  return numbers;
}

}  // namespace

tenant_registry::behavior_type tenant_directory(tenant_registry::pointer self, std::vector<model::tenant> tenants,
                                                metrics* counters) {
  self->set_exception_handler(
      [counters](std::exception_ptr& thrown) { return crash_error(thrown, *counters, "tonris.tenant_directory"); });
  const auto numbers = std::make_shared<by_number>(index(std::move(tenants)));
  return {
      [numbers](const find_tenant& wanted) {
        const auto find = [&](const std::string& number) -> tenant_ptr {
          const auto found = numbers->find(model::meeting_form(number));
          return found == numbers->end() ? nullptr : found->second;
        };
        return found_tenant{find(wanted.number), find(wanted.from) || find(wanted.forwarded_from)};
      },
      [numbers](const replace_tenants& all) { *numbers = index(all.tenants); },
  };
}

}  // namespace tonris::actors
