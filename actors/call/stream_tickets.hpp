#pragma once

#include <optional>

#include "actors/call/context.hpp"

namespace tonris::actors {

/// What opens the call's next stream: the newest ticket is the only one that counts, good once and for 60 s
/// (`current_ticket` of the checkpoint; the supervisor redeems it).
class stream_tickets {
 public:
  explicit stream_tickets(call_context& call) : call_(call) {}

  /// Another than before.
  const model::ticket& issue();
  /// The newest, as long as nobody has shown it and it is good.
  [[nodiscard]] bool one_waits() const;
  /// A socket came with it. Is it another stream than the one that ran when it was given?
  [[nodiscard]] bool used();

  // A redirect: Twilio asked for the next document first, and stops the stream that it takes the place of.
  void asked_by_voice() { asked_by_voice_ = call_.steady_now(); }
  [[nodiscard]] bool redirected_lately() const;
  [[nodiscard]] bool stream_is_replaced() const;

  bool offer_failed = false;  ///< Twilio could not open the stream it was told to

 private:
  call_context& call_;
  std::optional<caf::actor_clock::time_point> asked_by_voice_;  ///< beside a stream that runs
};

}  // namespace tonris::actors
