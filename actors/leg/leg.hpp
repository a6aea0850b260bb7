#pragma once

#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/message_handler.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/leg/loop_services.hpp"
#include "actors/leg/media_bridge.hpp"
#include "actors/leg/messages.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/message.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

class socket_session;

// --- to itself
struct orphan_check {  ///< nobody adopted it
  using travels = in_process;
};

/// How long a leg whose call crashed goes on alone. The supervisor brings the next call within milliseconds.
inline constexpr std::chrono::seconds orphan_limit{3};
/// What happened once and may not have been taken: more than a call leaves unread in any busy moment.
inline constexpr std::size_t most_retold = 32;

/// What every leg is given.
struct leg_config {
  leg_owner call;
  loop_services* services = nullptr;  ///< of the leg's loop
  std::shared_ptr<media_bridge> bridge;
};

/// One side of a call: a loop-bound actor with a socket of its own, and what comes to it too often for messages. Each
/// is called through `run`, so that what it throws ends this leg and nobody else. A message would touch a dozen cache
/// lines of every call fifty times a second, and cost more than all our own work on a frame (docs/performance.md).
///
/// A leg follows its call when that ends, but outlives its crash: frames go on from leg to leg, and the call's next
/// incarnation adopts both. On the bridge and among the loop's legs until it ends.
class leg : public loop_bound {
 public:
  explicit leg(caf::actor_config& actor, leg_config given = {});
  virtual void read(std::string_view text) = 0;     ///< a message of its socket
  virtual void hear(std::string_view payload) = 0;  ///< audio of the other leg: Base64 mu-law
  virtual void tick() = 0;                          ///< ten times a second
  virtual void drained() = 0;                       ///< the socket took all that was queued

  void on_exit() override;

 protected:
  virtual void socket_has_ended(const net::websocket_end& how) = 0;  ///< by deliver: it may quit
  virtual void close(std::uint16_t code) = 0;                        ///< the call asks for it
  virtual void fall_silent() {}                                      ///< rehearsed, of a leg that has a voice

  /// From make_behavior: begins to live, as one of its loop's legs that follows its call.
  void begin();
  /// What every leg is told. Its behaviour is its own messages, or else these.
  [[nodiscard]] caf::message_handler told_every_leg();

  /// Takes its socket and begins to read it.
  void take(std::shared_ptr<net::websocket> socket);
  [[nodiscard]] bool has_socket() const noexcept { return socket_ != nullptr; }
  [[nodiscard]] net::websocket& socket() const noexcept { return *socket_; }

  [[nodiscard]] loop_services& services() const noexcept { return *services_; }
  [[nodiscard]] media_bridge& bridge() const noexcept { return *bridge_; }

  /// What this leg has reached. Nobody hears it while the call is between two lives.
  template <class Message>
  void tell(Message&& message) {
    if (call_) send(call_, std::forward<Message>(message));
  }
  /// What happens once. A call that crashed before it took it is told again in its next life, but never twice: what
  /// made it crash must not do so again.
  template <class Message>
  void tell_once(Message&& message) {
    const told_once which{++told_};
    retell_.push_back(caf::make_message(which, message));
    if (retell_.size() > most_retold) retell_.erase(retell_.begin());
    if (call_) send(call_, which, std::forward<Message>(message));
  }
  /// That it is ready: each incarnation of the call is told, since one that crashed may have missed anything.
  template <class Message>
  void tell_beginning(Message&& message) {
    beginning_ = caf::make_message(message);
    tell(std::forward<Message>(message));
  }
  /// Its last word, likewise. Only the first counts.
  template <class Message>
  void tell_end(Message&& message) {
    if (!last_word_.empty()) return;
    last_word_ = caf::make_message(message);
    tell(std::forward<Message>(message));
  }

 private:
  void follow(leg_owner call);
  void tell_again(const caf::message& message);
  void adopted_by(const adopt& by);
  void fail_as_rehearsed(leg_failure how);

  // given
  leg_owner call_;
  loop_services* services_;
  std::shared_ptr<media_bridge> bridge_;

  // owned
  std::shared_ptr<socket_session> session_;
  net::websocket* socket_ = nullptr;  // the session's

  // what it has told its call
  caf::message beginning_, last_word_;
  std::uint64_t told_ = 0;
  std::vector<caf::message> retell_;  // the newest of them, the newest last
  bool orphaned_ = false;
};

}  // namespace tonris::actors
