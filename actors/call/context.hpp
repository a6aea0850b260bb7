#pragma once

#include <caf/actor_clock.hpp>
#include <caf/replies_to.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/call/lifeline.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/services.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/runtime/message.hpp"
#include "model/call/machine.hpp"
#include "model/call/record.hpp"
#include "model/call/timeline.hpp"

namespace tonris::actors {

// --- a call to itself
struct caller_overdue {  ///< no stream came in time
  using travels = in_process;
  std::uint32_t wait = 0;  ///< which wait; a later one counts no more
};
struct retry_agent {  ///< the wait before the next conversation is over
  using travels = in_process;
  std::uint32_t attempt = 0;
};
struct second_attempt_due {  ///< its agent leg still gives no metadata
  using travels = in_process;
  caf::actor_id beside = 0;
};
struct rehearsal_due {  ///< the tenant's rehearsal
  using travels = in_process;
};
struct slow_fetch {  ///< a rehearsed slow vendor
  using travels = in_process;
  std::chrono::milliseconds at_most{};
  bool too_late = false;
};
struct length_check {
  using travels = in_process;
};
struct month_overdue {  ///< the goodbye of a call whose tenant's month is used up
  using travels = in_process;
};
struct warm_start_overdue {  ///< Twilio's first question has waited long enough for the agent
  using travels = in_process;
};
struct digits_due {  ///< the caller may have pressed no key for too long
  using travels = in_process;
};
struct transfer_due {  ///< the agent may not have said that the caller is put through
  using travels = in_process;
};
/// A call, with what it says to itself.
using call_inside =
    call_actor::extend<caf::reacts_to<caller_overdue>, caf::reacts_to<retry_agent>, caf::reacts_to<second_attempt_due>,
                       caf::reacts_to<rehearsal_due>, caf::reacts_to<slow_fetch>, caf::reacts_to<length_check>,
                       caf::reacts_to<month_overdue>, caf::reacts_to<warm_start_overdue>, caf::reacts_to<digits_due>,
                       caf::reacts_to<transfer_due>>;

/// What the parts of one call share: the actor they belong to, what the house gives it, what outlives it, and the way
/// to tell the state machine what has happened. On the call's own thread.
struct call_context {
  explicit call_context(call_inside::pointer actor) : self(actor) {}
  call_context(const call_context&) = delete;
  call_context& operator=(const call_context&) = delete;
  virtual ~call_context() = default;

  [[nodiscard]] model::call_record& record() noexcept { return life->state.record; }
  [[nodiscard]] const model::call_record& record() const noexcept { return life->state.record; }
  [[nodiscard]] const model::tenant& tenant() const noexcept { return *life->tenant; }
  [[nodiscard]] bool is_over() const noexcept {
    return record().state == model::call_state::ending || record().state == model::call_state::ended;
  }
  [[nodiscard]] caf::actor_clock::time_point steady_now() const { return self->clock().now(); }
  [[nodiscard]] model::call_record::time now() const { return life->clock.at(steady_now()); }  ///< by the call's clock
  [[nodiscard]] bool sent_by(const any_leg& leg) const;  ///< the message being handled

  void note(model::call_moment what, std::string_view detail = {});  ///< into the timeline
  void save();                                                       ///< a checkpoint
  /// Whatever the call ends by, it counts against an ordinary end until the caller hears something, or is heard.
  void in_trouble(model::end_reason reason);

  // --- the state machine's
  virtual void happened(model::call_event event) = 0;
  /// The first reason is the call's.
  virtual void end_because(model::end_reason reason, std::string detail, model::call_event event) = 0;

  // given
  call_inside::pointer self;
  call_owner supervisor;
  std::shared_ptr<const call_services> services;
  std::shared_ptr<call_lifeline> life;
  // state
  bool handing_over = false;               ///< the node stops; what still lives goes to another
  std::optional<call_finished> last_word;  ///< from then on the lifeline is the supervisor's
};

}  // namespace tonris::actors
