#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// POST /api/webhooks/elevenlabs/conversation-initiation: what a conversation that the vendor opens itself begins with.
/// Always 200, within 500 ms, whatever is asked: without an answer the call fails and nobody is told.
void answer_initiation(http_front& at, request_context& asked);

/// GET and POST /api/webhooks/elevenlabs/tools/{tool}: what an agent asks during a call. Always 200 and JSON that a
/// language model can read, also when it is "I cannot look that up right now": the body of an HTTP error is kept from
/// it. Whose tool it is is decided by the call that it names (callback_subject.hpp).
void answer_tool_request(http_front& at, request_context& asked);

}  // namespace tonris::actors
