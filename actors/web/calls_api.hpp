#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

// Another tenant's call is none for who asks with a tenant's key. Who may not see whole numbers sees the other party's
// as logs show it.

/// GET /api/calls/{CallSid}: the call's record, live or ended. An actor for as long as that takes; so below.
void tell_record(http_front& at, request_context& asked);
/// GET /api/calls/{CallSid}/timeline: what was written of it, in order.
void tell_timeline(http_front& at, request_context& asked);
/// GET /api/calls/{CallSid}/why: what became of it and what to do about it, in a few lines of plain text.
void tell_why(http_front& at, request_context& asked);

}  // namespace tonris::actors
