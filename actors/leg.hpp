#pragma once

#include <caf/actor.hpp>
#include <chrono>
#include <string_view>
#include <utility>

#include "actors/messages.hpp"
#include "actors/runtime/loop_bound.hpp"

namespace tonris::actors {

/// How long a leg whose call crashed goes on alone. The supervisor brings the next call within milliseconds.
inline constexpr std::chrono::seconds orphan_limit{3};

/// One side of a call: a loop-bound actor with a socket of its own, and what comes to it too often for messages. Each
/// is called through `run`, so that what it throws ends this leg and nobody else. A message would touch a dozen cache
/// lines of every call fifty times a second, and cost more than all our own work on a frame (docs/performance.md).
///
/// A leg follows its call when that ends, but outlives its crash: frames go on from leg to leg, and the call's next
/// incarnation adopts both.
class leg : public loop_bound {
 public:
  using loop_bound::loop_bound;
  virtual void read(std::string_view text) = 0;     ///< a message of its socket
  virtual void hear(std::string_view payload) = 0;  ///< audio of the other leg: Base64 mu-law
  virtual void tick() = 0;                          ///< ten times a second
  virtual void drained() = 0;                       ///< the socket took all that was queued

  void on_exit() override {
    call_ = nullptr;
    loop_bound::on_exit();
  }

 protected:
  /// From make_behavior: who is told what happens here.
  void follow(caf::actor call);
  void adopted_by(const adopt& by);
  void check_orphan();  ///< ends the leg when nobody adopted it

  /// Nobody hears it while the call is between two lives; `repeat_state` makes up for that.
  template <class Message>
  void tell(Message&& what) {
    if (call_) send(call_, std::forward<Message>(what));
  }
  virtual void repeat_state() = 0;  ///< tells a new incarnation of the call what this leg has reached

 private:
  caf::actor call_;
  bool orphaned_ = false;
};

}  // namespace tonris::actors
