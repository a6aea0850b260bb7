#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

// What people do to a call that goes on. Each is audited, and may be asked for again: by the same X-Request-Id it is
// done once. 404: nobody knows the call; 409: it has ended, that cannot be done with it now, or that id was another's.

/// POST /api/calls/{CallSid}/hangup
void hang_up_call(http_front& at, request_context& asked);
/// POST /api/calls/{CallSid}/transfer {"to"}: where `settings.transfer` of its tenant allows it
void transfer_call_by_api(http_front& at, request_context& asked);
/// POST /api/calls/{CallSid}/say {"text"}: its agent says so
void say_in_call(http_front& at, request_context& asked);
/// POST /api/calls/{CallSid}/note {"text"}: into its record, also of one that has ended
void note_on_call(http_front& at, request_context& asked);

}  // namespace tonris::actors
