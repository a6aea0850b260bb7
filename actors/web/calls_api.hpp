#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

// Another tenant's call is none for who asks with a tenant's key.

/// GET /api/calls/{CallSid}: the call's record, live or ended. An actor for as long as that takes.
void tell_record(http_front& at, request_context& asked);
/// GET /api/calls/{CallSid}/events: what was written of it, in order.
void tell_events(http_front& at, request_context& asked);

}  // namespace tonris::actors
