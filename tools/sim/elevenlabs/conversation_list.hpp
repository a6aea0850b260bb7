#pragma once

#include <vector>

#include "net/http.hpp"
#include "tools/sim/elevenlabs/conversation.hpp"
#include "tools/sim/elevenlabs/conversation_document.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

struct listed_record {
  const conversation_record* of;
  conversation_status status;
};
/// GET /v1/convai/conversations: by the times of their beginning, both bounds included, in pages of 30, or at most 100,
/// each behind the one that its cursor names. `newest_first`: what the key may see. A parameter that the vendor would
/// let pass unread is a violation.
[[nodiscard]] net::http_response list_conversations(const net::http_request& request,
                                                    const std::vector<listed_record>& newest_first,
                                                    violation_log& violations);

}  // namespace tonris::sim
