#pragma once

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
};

/// Neighbours are of different kinds; 88 in a row have each, and what lasts long is at their beginning.
[[nodiscard]] call_kind kind_of(std::uint32_t call);

/// Who has a part in a day of calls: tenants and their numbers, their agents at the vendor, and what both vendors
/// charge.
namespace cast_of_day {

inline constexpr std::string_view number_of_help = "+15550109999";
inline constexpr std::string_view own_agent = "agent_own", own_key = "own-vendor-key";  ///< one tenant's, at the vendor
inline constexpr std::string_view places_calls = "caller";                              ///< the tenant that does
/// Tenants who have one place each: for a call, for one and those who wait, and at the vendor.
inline constexpr std::string_view one_call = "narrow", one_call_and_line = "queueing", one_at_vendor = "own";

[[nodiscard]] std::string tenants();  ///< as TENANTS_FILE has them
[[nodiscard]] std::vector<std::string> tenant_ids();
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
