#include "actors/node/restore.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <string>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

struct restore_again {  // the restorer to itself
  using travels = in_process;
};

namespace {

constexpr std::chrono::seconds retry_after{1};

void hand_to(const call_supervisor& supervisor, open_calls former) {
  const auto waiting = std::count_if(former.calls.begin(), former.calls.end(),
                                     [](const auto& call) { return call.record.state != model::call_state::ended; });
  if (waiting > 0 || former.unreadable > 0)
    log::info("{calls} calls of this node's former life wait for their callers, {unreadable} could not be read",
              {{"calls", waiting}, {"unreadable", former.unreadable}});
  caf::anon_send(supervisor, restore_calls{std::move(former.calls), std::move(former.finished)});
}

/// Ends once it is done, or with the store.
caf::behavior restore_when_there(caf::event_based_actor* self, const call_store& store,
                                 const call_supervisor& supervisor) {
  self->monitor(store);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->delayed_send(self, retry_after, restore_again{});
  return {[=](restore_again) {
    ask(self, store, store_limit, load_open_calls{})
        .then(
            [=](open_calls& former) {
              hand_to(supervisor, std::move(former));
              self->quit();
            },
            [=](const caf::error&) { self->delayed_send(self, retry_after, restore_again{}); });
  }};
}

}  // namespace

void restore_calls_of_former_life(caf::actor_system& system, const call_store& store,
                                  const call_supervisor& supervisor) {
  caf::scoped_actor self{system};
  self->request(store, store_limit, load_open_calls{})
      .receive([&](open_calls& former) { hand_to(supervisor, std::move(former)); },
               [&](const caf::error&) {
                 log::error("The store does not say which calls were open: it is asked again until it does");
                 system.spawn(restore_when_there, store, supervisor);
               });
}

}  // namespace tonris::actors
