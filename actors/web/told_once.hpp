#pragma once

#include <chrono>
#include <memory>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "net/http_responder.hpp"

namespace tonris::actors {

/// Of the 5 s that Twilio waits: for the supervisor, asked twice, and the disk behind it.
inline constexpr std::chrono::milliseconds told_supervisor_limit{1500}, told_disk_limit{1000};

/// For what Twilio tells of a call once, and again only where it is not answered: answers once what the supervisor was
/// told before is on the disk; else that it is to be told again.
void answer_once_written(loop_bound* self, const call_supervisor& supervisor, const call_store& store,
                         const model::call_sid& call, const std::shared_ptr<net::http_responder>& to);

}  // namespace tonris::actors
