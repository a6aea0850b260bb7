#include "actors/web/tenant_of_calls.hpp"

#include <chrono>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/found_call.hpp"
#include "model/finding/call_query.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds tenant_limit{2}, calls_limit{5};

void with_calls_left(caf::event_based_actor* self, const tenant_asker& asker, const model::tenant_id& named,
                     std::function<void(const tenant_of_calls&)> then) {
  model::call_query any;
  any.tenant = named;
  any.limit = 1;
  if (!asker.board->list(any).empty()) return then(tenant_ptr{});
  ask(self, asker.store, calls_limit, find_calls{any})
      .then(
          [self, to = asker.to, then = std::move(then)](const found_calls& found) {
            if (!found.records.empty() || found.last) return then(tenant_ptr{});
            to->send(no_such_tenant());
            self->quit();
          },
          [self, tell = say_unavailable(asker.to)](const caf::error& why) {
            tell(why);
            self->quit();
          });
}

}  // namespace

tenant_asker tenant_asker_of(http_front& at, std::shared_ptr<api_reply> to) {
  const auto& house = at.settings();
  return {std::move(to), house.registry, house.store, house.live};
}

void with_tenant_of_calls(caf::event_based_actor* self, const tenant_asker& asker, const model::tenant_id& named,
                          const std::function<void(const tenant_of_calls&)>& then) {
  ask(self, asker.registry, tenant_limit, find_tenant_by_id{named})
      .then(
          [self, asker, named, then](const found_tenant& found) {
            if (found.tenant) return then(found.tenant);
            with_calls_left(self, asker, named, then);
          },
          [then](const caf::error& why) { then(tl::unexpected(why)); });
}

void with_named_tenant(caf::event_based_actor* self, const tenant_asker& asker, const model::principal& who,
                       const std::optional<model::tenant_id>& named, std::function<void()> then) {
  if (!named || !who.is_operator()) return then();
  with_tenant_of_calls(self, asker, *named, [then = std::move(then)](const tenant_of_calls&) { then(); });
}

}  // namespace tonris::actors
