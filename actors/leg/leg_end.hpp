#pragma once

#include <optional>
#include <string>

#include "actors/leg/media_bridge.hpp"
#include "actors/leg/messages.hpp"
#include "model/elevenlabs/conversation.hpp"
#include "net/error.hpp"
#include "net/websocket.hpp"

namespace tonris::actors {

/// Did the peer break the wire's rules, rather than the wire break?
[[nodiscard]] constexpr bool broke_the_rules(net::errc why) noexcept {
  return why == net::errc::protocol_error || why == net::errc::not_text || why == net::errc::bad_utf8 ||
         why == net::errc::too_big;
}

/// What it means for a call that a socket of it ended that was not closed by us.
[[nodiscard]] caller_leg_ended meaning_of_lost_stream(const net::websocket_end& how);
/// `had_begun`: the conversation's metadata came. `error`: the vendor's error frame that came just before.
[[nodiscard]] agent_leg_ended meaning_of_lost_agent(const net::websocket_end& how, bool had_begun,
                                                    const std::optional<model::elevenlabs::failure>& error);
/// Why an agent that model::audible_watch found is given up. `heard`: when the caller last heard it; the epoch: never.
[[nodiscard]] std::string why_not_audible(media_counters::heard_clock::time_point now,
                                          media_counters::heard_clock::time_point heard);
/// That the agent's socket did not open.
[[nodiscard]] agent_leg_ended meaning_of_no_agent(const net::error& why);

}  // namespace tonris::actors
