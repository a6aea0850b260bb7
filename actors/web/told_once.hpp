#pragma once

#include <memory>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "net/http_responder.hpp"

namespace tonris::actors {

/// For what Twilio tells of a call once, and again only where it is not answered: answers once what the supervisor was
/// told before is on the disk; else that it is to be told again.
void answer_once_written(loop_bound* self, const call_supervisor& supervisor, const call_store& store,
                         const model::call_sid& call, const std::shared_ptr<net::http_responder>& to);

}  // namespace tonris::actors
