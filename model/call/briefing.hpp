#pragma once

#include <cstdint>
#include <string_view>

#include "model/call/record.hpp"
#include "model/elevenlabs/conversation.hpp"
#include "model/elevenlabs/initiation_request.hpp"
#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// What the agent is told about the call: the tenant's own variables and, beside them, every name that existing agents
/// may reference (docs/protocols/elevenlabs.md#dynamic-variables), empty when unknown, since a missing one closes the
/// socket with 1008. Names with the reserved prefix system__ are left out. Overrides only where the tenant set one; an
/// empty greeting is none.
struct call_facts {
  call_sid call;
  agent_id agent;
  std::string from, to, caller_name;
  std::string_view status;         ///< "ringing"
  conversation_id conversation{};  ///< "" before the vendor has named one, as always on a socket of ours
  bool is_outbound = false;        ///< the business calls: `from` is its number, `to` the person's
};
[[nodiscard]] elevenlabs::initiation make_initiation(const tenant& t, const call_facts& facts);

/// The same for a number that is nobody's: every name all the same, no override.
[[nodiscard]] elevenlabs::initiation make_unknown_initiation(const call_facts& facts);

/// What the initiation webhook is told of a call of the vendor's own. Its answer is what a socket begins with:
/// `append_initiation` of one of the above.
[[nodiscard]] call_facts facts_of(const elevenlabs::initiation_request& request);

/// The same for a conversation that goes on after another one broke: it does not greet again. The tenant's
/// resumeGreeting is its first message; without one an empty first message, so that the agent waits for the caller,
/// where the agent allows that override (the tenant has a greeting of his own, or the agent's settings say so).
[[nodiscard]] elevenlabs::initiation make_resumed_initiation(const tenant& t, const call_facts& facts,
                                                             bool may_override_first_message);

/// What the new conversation is told of the call so far, as a contextual update: "" when nothing was said; else at most
/// 4,096 bytes, the newest lines kept, each with who said it, what the caller heard of a line that was cut. It says so
/// when that is not all.
[[nodiscard]] std::string said_so_far(const std::vector<call_record::line>& transcript, bool transcript_is_whole);

}  // namespace tonris::model
