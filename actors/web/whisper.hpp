#pragma once

#include <string>

#include "actors/call/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/web/messages.hpp"
#include "model/text/ids.hpp"
#include "net/http_server.hpp"

namespace tonris::actors {

/// Somebody has answered a transfer by the agent. Twilio asks what he hears before he is joined with the caller
/// (`<Number url>`), at an address of ours whose query names the caller's own call; `CallSid` is the one to him.

/// The end of that address, behind its path.
[[nodiscard]] std::string whisper_query(const model::call_sid& call);
/// The call that a request is about: for a whisper the caller's.
[[nodiscard]] model::call_sid call_of(const signed_request& request);
/// Nothing is said: they are joined at once. So it is also where anything goes wrong.
[[nodiscard]] net::http_response no_whisper();
/// Asks the supervisor for the words. On the actor's thread.
void answer_whisper(loop_bound* self, const call_supervisor& supervisor, const signed_request& request);

}  // namespace tonris::actors
