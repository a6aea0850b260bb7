#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "actors/call/agent_side.hpp"
#include "actors/call/context.hpp"
#include "actors/call/length_limit.hpp"
#include "actors/call/stream_tickets.hpp"

namespace tonris::actors {

/// The call's caller leg: waiting for a stream, the streams one after another, and what a stream's end says of the
/// caller. Nobody here restarts it: Twilio asks for another (twilio_questions). What it is given outlives it.
class caller_side {
 public:
  caller_side(call_context& call, stream_tickets& tickets, agent_side& agent, length_limit& length)
      : call_(call), tickets_(tickets), agent_(agent), length_(length) {}

  void wait(caf::timespan at_most);  ///< for a stream; the newest wait counts
  void overdue(const caller_overdue& wait);
  void connected(const caller_connected& connected);
  void play_out();
  void close(std::uint16_t code = 1000);

  // --- what its leg and Twilio report
  void started(const stream_started& started);
  void ended(const caller_leg_ended& end);
  void reported(const stream_reported& reported);
  [[nodiscard]] bool crashed(const caf::actor_addr& leg);  ///< was it its own?
  void stream_over();                                      ///< in the record, if one runs

  void tell_of_new_stream();  ///< one more than the call began with
  /// No further stream is given: the call ends for what the newest that broke, broke for.
  void no_stream_lasted(model::end_reason otherwise);

 private:
  void bring_over(const std::shared_ptr<net::websocket>& socket);
  void dropped(model::end_reason reason, std::string_view how);
  void give_up(std::string_view why);
  void stopped();

  // given
  call_context& call_;
  stream_tickets& tickets_;
  agent_side& agent_;
  length_limit& length_;
  // state
  std::uint32_t wait_ = 0;
  std::optional<model::end_reason> trouble_;  ///< what the newest stream that broke, broke for
};

}  // namespace tonris::actors
