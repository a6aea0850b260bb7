#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/call/fallback.hpp"
#include "model/call/record.hpp"
#include "model/elevenlabs/conversation.hpp"
#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// What another incarnation of a call needs to go on: after a crash of its actor, on the next start of this node, later
/// on another node. Written on every change; the tenant is looked up again by its id.
struct call_checkpoint {
  struct ticket_state {
    ticket id;
    std::chrono::steady_clock::time_point expires{};  ///< not written: that clock is this process's own
    bool used = false;
    bool operator==(const ticket_state&) const = default;
  };

  /// Whom the agent puts the caller through to, from when it has been allowed to.
  struct transfer_state {
    std::string number, reason;
    bool failed = false;       ///< nobody answered: the caller is the agent's again, which is to be told
    bool by_operator = false;  ///< over the API, not the agent
    bool operator==(const transfer_state&) const = default;
  };

  call_record record;
  account_sid account;
  std::string caller_name;
  std::optional<ticket_state> current_ticket;
  unsigned new_streams = 0;  ///< given so far, after the first
  std::string sealed_keys;   ///< pressed so far (model/text/seal.hpp); in clear they are never written
  fallback_step fallback = fallback_step::not_begun;
  std::optional<call_record::time> saved;  ///< when this was written, by the call's own clock
  bool from_tenant = false;  ///< from a tenant's number or by way of one: no transfer (model/call/fallback.hpp)
  std::vector<agent_id> next_agents;  ///< tried in turn when its agent cannot serve
  bool agent_said_goodbye = false;    ///< no other conversation begins
  unsigned returns = 0;               ///< of the caller, after a hang-up: each has a lease of its own
  std::optional<transfer_state> transfer;
  std::map<std::string, elevenlabs::variable> variables;  ///< set by the agent, for the call's next conversation
  std::optional<call_record::time> returned;              ///< the last of them: since then its lease counts
  bool operator==(const call_checkpoint&) const = default;
};

/// What the call's place is held by (model/admission/table.hpp). A place that was given back stays given back: a caller
/// who returns after a hang-up has another.
[[nodiscard]] call_sid lease_of(const call_checkpoint& c);
[[nodiscard]] call_sid call_of(const call_sid& lease);  ///< the call that holds it
/// How long it has been held, begun seconds whole: what limits and usage count.
[[nodiscard]] std::chrono::seconds held_for(const call_checkpoint& c, call_record::time at);
/// That of all its places.
[[nodiscard]] std::chrono::seconds metered(const call_checkpoint& c, call_record::time at);

/// The whole checkpoint as JSON, "v":1. parse_checkpoint gives the same one back, times to the millisecond; what
/// another version wrote and this one cannot read is refused. At most 1 MiB: of a longer one the oldest lines of the
/// transcript are left out.
[[nodiscard]] std::string to_json(const call_checkpoint& c);
[[nodiscard]] decoded<call_checkpoint> parse_checkpoint(std::string_view json);

}  // namespace tonris::model
