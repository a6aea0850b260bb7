#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/money/money.hpp"
#include "tools/sim/elevenlabs/agent_script.hpp"

namespace tonris::e2e {

/// What becomes of a call of the day.
enum class call_kind : std::uint8_t {
  caller_hangs_up,  ///< some are recorded
  operator_hangs_up,
  agent_ends,
  put_through,  ///< by the operator
  put_through_by_agent,
  too_long,      ///< for its tenant
  spends_month,  ///< the first of them their tenant's money of the month; then there is none
  uses_tool,
  agent_breaks,   ///< once: another conversation goes on
  agent_dies,     ///< again and again
  agent_garbles,  ///< likewise: what it sends is no message
  agent_unknown,
  agent_silent,   ///< the vendor never answers who asks for it
  agent_refused,  ///< this and the next four: in a way of its own each
  agent_unpaid,
  agent_crowded,
  agent_locked,
  agent_down,
  stream_breaks,       ///< once: the caller comes back with another stream
  stream_breaks_ever,  ///< and so does each that follows
  stream_silent,       ///< it stands, and no frame comes
  gone_before_stream,
  refused_with_words,
  refused_to_voicemail,
  refused_to_transfer,
  calls_too_often,   ///< but for the first
  tenant_in_rush,    ///< but for one a minute
  line_busy,         ///< this and the next two: somebody else has the tenant's only place, all day long
  gives_up_in_line,  ///< he waits for it
  vendor_full,       ///< the place is at the vendor
  outside_hours,
  blocked,
  sent_on,
  suspended,
  pending,
  cancelled,
  without_agent,
  unknown_number,
  placed_by_others,  ///< somebody else's program, with our webhook as its address
  agent_in_opus,     ///< its audio is in a format that nobody knows
  stream_garbled,    ///< each of its streams says something that is no message
  stream_in_pcm,     ///< its stream is not mu-law
  // once a day
  caller_deaf,           ///< nothing that is sent is played to him
  agent_mute,            ///< what it says comes as text, and never as audio
  agent_stalls,          ///< the last conversation that the call may have reads nothing; those before it broke
  caller_does_not_read,  ///< on his last stream, while the agent tells a long story; those before it broke
  leg_crashes,           ///< his last stream, by our fault: those before it broke
  agent_deaf,            ///< whatever he says; so is the conversation that follows
};
/// They last long, or are much work: each is one call a day, which begins before all others. Who is on the line longest
/// has the first number, of a call whose price Twilio tells at once.
inline constexpr std::array once_a_day{call_kind::caller_deaf,          call_kind::agent_mute,  call_kind::agent_stalls,
                                       call_kind::caller_does_not_read, call_kind::leg_crashes, call_kind::agent_deaf};
/// The last of them goes on for more than a minute: a short day has all others.
inline constexpr std::size_t once_a_short_day = once_a_day.size() - 1;
inline constexpr std::uint32_t first_once_a_day = 1'000'013;  ///< the others' follow

/// Neighbours are of different kinds; 88 in a row have each that is not once a day, and what lasts long is at their
/// beginning.
[[nodiscard]] call_kind kind_of(std::uint32_t call);

/// Who has a part in a day of calls: tenants and their numbers, their agents at the vendor, and what both vendors
/// charge.
namespace cast_of_day {

inline constexpr std::string_view number_of_help = "+15550109999";
inline constexpr std::string_view own_agent = "agent_own", own_key = "own-vendor-key";  ///< one tenant's, at the vendor
inline constexpr std::string_view places_calls = "caller";                              ///< the tenant that does
/// The only caller for whom a failure of ours is rehearsed.
inline constexpr std::string_view rehearsing_caller = "+15552888888";
/// A sound that lasts longer than a caller may owe us.
inline constexpr std::string_view story = "story";
/// Tenants who have one place each: for a call, for one and those who wait, and at the vendor.
inline constexpr std::string_view one_call = "narrow", one_call_and_line = "queueing", one_at_vendor = "own";
/// The tenant for whom nobody comes in whom nobody counts.
inline constexpr std::string_view wants_to_be_counted = "careful";

[[nodiscard]] std::string tenants();  ///< as TENANTS_FILE has them
[[nodiscard]] std::vector<std::string> tenant_ids();
inline constexpr std::size_t only_on_long_days = 2;  ///< that many of them, who are not called on a short one
[[nodiscard]] std::string number_of(std::string_view tenant);
[[nodiscard]] std::string number_for(call_kind kind);  ///< which is called

/// In its conversation of that number; nothing: there is no such agent.
[[nodiscard]] std::optional<sim::agent_behaviour> agent(const std::string& id, std::uint64_t number);

/// Twilio's price list: a minute that has begun, of a call that comes in and of one that is dialled.
inline constexpr model::micros received_minute = 8'500, dialled_minute = 14'000;
/// As RATES_FILE has them: what the price lists of the simulated vendors say.
[[nodiscard]] std::string rates();

}  // namespace cast_of_day

}  // namespace tonris::e2e
