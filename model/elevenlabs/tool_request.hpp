#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"

namespace tonris::model::elevenlabs {

inline constexpr std::size_t max_tool_query_bytes = 8 * 1024;
inline constexpr std::size_t max_tool_body_bytes = 64 * 1024;
inline constexpr std::size_t max_tool_parameters = 100;

/// What an agent's server tool asks, however it was configured: parameters in the query, as a form, as one flat JSON
/// object, or in an envelope `{tool_call_id, tool_name, parameters, conversation_id}`. What stands in the body counts,
/// the query adds what the body has not; of one name in a query or form the first counts.
struct tool_request {
  /// The tool's own parameters: one JSON object, well-formed UTF-8, at most a little longer than what came. Of a query
  /// and a form all are texts.
  std::string parameters = "{}";
  std::string tool_name;     ///< of an envelope, "" else: the address names the tool. Printable, at most 256 bytes
  std::string tool_call_id;  ///< likewise
  /// Whose call it is; taken out of the parameters wherever they stand, as call_sid, conversation_id and tenant_id or
  /// as callSid, conversationId and tenantId. The agent wrote them, perhaps as its caller told it to: a call and its
  /// tenant are looked up by these and never believed beyond that.
  model::call_sid call;  ///< "" when it has not Twilio's form
  model::conversation_id conversation;
  model::tenant_id tenant;
};

/// `query` is what follows '?', still encoded. `content_type` is the header's value, "" for none: then a body is JSON.
/// An empty body of any type is none. Errors: too_long, too_many (parameters, values, 16 deep), not_form, not_json
/// (also for a content type that is neither).
[[nodiscard]] decoded<tool_request> parse_tool_request(std::string_view query, std::string_view content_type,
                                                       std::string_view body);

}  // namespace tonris::model::elevenlabs
