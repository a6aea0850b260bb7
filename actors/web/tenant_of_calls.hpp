#pragma once

#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <functional>
#include <memory>
#include <optional>

#include <tl/expected.hpp>

#include "actors/call/call_store.hpp"
#include "actors/call/live_board.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/access/principal.hpp"

namespace tonris::actors {

/// Whoever asks about the calls of a tenant that he names.
struct tenant_asker {
  std::shared_ptr<api_reply> to;
  tenant_registry registry;
  call_store store;
  std::shared_ptr<live_board> board;
};
[[nodiscard]] tenant_asker tenant_asker_of(http_front& at, std::shared_ptr<api_reply> to);

/// Null: he has gone, and calls of his are here still. An error: nobody can say who he is now.
using tenant_of_calls = tl::expected<tenant_ptr, caf::error>;

/// A name that no tenant has, and none of whose calls is here, is a mistake, and not a tenant without calls: then the
/// client is told so (404), and the actor ends.
void with_tenant_of_calls(caf::event_based_actor* self, const tenant_asker& asker, const model::tenant_id& named,
                          const std::function<void(const tenant_of_calls&)>& then);

/// The same of a tenant that an operator may name, for whoever needs none: he who names none, or cannot be told now who
/// it is, goes on, and so does a tenant's key, which asks for its own.
void with_named_tenant(caf::event_based_actor* self, const tenant_asker& asker, const model::principal& who,
                       const std::optional<model::tenant_id>& named, std::function<void()> then);

}  // namespace tonris::actors
