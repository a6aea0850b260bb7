#pragma once

#include <functional>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/tenant/account_tokens.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// Is that call one of theirs, or nobody's that is known? Asked where tenants' own token signed, so that no tenant asks
/// about another's call. `then` is called on the actor's thread; false as well where nobody can tell in
/// time.
void ask_whose_call(loop_bound* self, const call_supervisor& supervisor, const call_store& store,
                    const model::call_sid& call, const token_holders& tenants, std::function<void(bool)> then);

}  // namespace tonris::actors
