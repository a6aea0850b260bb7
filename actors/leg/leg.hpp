#pragma once

#include <caf/actor.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/leg/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/message.hpp"

namespace tonris::actors {

// --- to itself
struct orphan_check {  ///< nobody adopted it
  using travels = in_process;
};

/// How long a leg whose call crashed goes on alone. The supervisor brings the next call within milliseconds.
inline constexpr std::chrono::seconds orphan_limit{3};
/// What happened once and may not have been taken: more than a call leaves unread in any busy moment.
inline constexpr std::size_t most_retold = 32;

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

  /// What this leg has reached. Nobody hears it while the call is between two lives; `repeat_beginning` and
  /// `repeat_end` make up for that.
  template <class Message>
  void tell(Message&& what) {
    if (call_) send(call_, std::forward<Message>(what));
  }
  /// What happens once. A call that crashed before it took it is told again in its next life, but never twice: what
  /// made it crash must not do so again.
  template <class Message>
  void tell_once(Message&& what) {
    retell_.push_back(caf::make_message(told_once{++told_}, std::forward<Message>(what)));
    if (retell_.size() > most_retold) retell_.erase(retell_.begin());
    if (call_) send(call_, retell_.back());
  }
  virtual void repeat_beginning() = 0;  ///< tells a new incarnation of the call that this leg is ready, if it is
  virtual void repeat_end() = 0;        ///< and its last word, if it was said

 private:
  caf::actor call_;
  std::uint64_t told_ = 0;
  std::vector<caf::message> retell_;  ///< the newest of them, the newest last
  bool orphaned_ = false;
};

}  // namespace tonris::actors
