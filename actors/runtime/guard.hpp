#pragma once

#include <caf/error.hpp>
#include <caf/message.hpp>
#include <caf/message_view.hpp>
#include <caf/result.hpp>
#include <caf/scheduled_actor.hpp>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/runtime/crash.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Counts a message that `actor` has no handler for, and names its types in the log, once each. What it holds may be
/// anybody's and is not told. The error that its sender gets, as CAF's.
[[nodiscard]] caf::error count_unhandled(const caf::message_view& message, metrics& counters, std::string_view actor);

/// What every actor of ours begins with: an exception is counted, logged and ends it (crash.hpp); a message that it has
/// no handler for is counted and refused (CAF would print it). On the actor's own thread; `counters` outlives it.
/// `about()` says whom the line of a crash is about.
template <class About>
void guard(caf::scheduled_actor* self, metrics& counters, About about) {
  self->set_exception_handler(
      [&counters, about = std::move(about)](caf::scheduled_actor* who, std::exception_ptr& thrown) {
        return crash_error(thrown, counters, who->name(), about());
      });
  self->set_default_handler(
      [&counters](caf::scheduled_actor* who, caf::message_view& message) -> caf::result<caf::message> {
        return count_unhandled(message, counters, who->name());
      });
}
inline void guard(caf::scheduled_actor* self, metrics& counters) {
  guard(self, counters, [] { return std::vector<log::field>{}; });
}

}  // namespace tonris::actors
