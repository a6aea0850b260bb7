#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::elevenlabs {

inline constexpr std::size_t max_initiation_request_bytes = 64 * 1024;

/// What the vendor asks before a call that it took itself: `{caller_id, agent_id, called_number, call_sid}`; or the
/// gateway's predecessor's form, `{type, conversation_id, agent_id, dynamic_variables {tenant_id, caller_number,
/// call_sid, …}}`. A field may stand in the root or among the variables, the root's counts; all but the JSON itself is
/// optional. What is null, of another type, longer than 256 bytes or not printable ASCII is "".
///
/// Whose call it is: the call of `call`, else of `conversation`; else the tenant that has `called`, else `tenant`,
/// which is the asker's claim: only for who has shown a secret.
struct initiation_request {
  std::string type;      ///< as it came: nothing depends on it
  std::string caller;    ///< as it came, E.164 as a rule
  std::string called;    ///< likewise
  model::call_sid call;  ///< "" too when it has not Twilio's form: the vendor's calls by SIP have ids of their own
  model::agent_id agent;
  model::conversation_id conversation;
  model::tenant_id tenant;
};
/// too_long, too_many (values, depth) or not_json; such a request, authenticated, still gets the answer for an unknown
/// number (model/call/briefing.hpp): without one the call fails without a word.
[[nodiscard]] decoded<initiation_request> parse_initiation_request(std::string_view body);

}  // namespace tonris::model::elevenlabs
