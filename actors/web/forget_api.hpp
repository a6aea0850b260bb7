#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// DELETE /api/calls/{CallSid}: all that is kept of a call that has ended, for ever. 409 where it goes on.
void forget_call(http_front& at, request_context& asked);
/// POST /api/forget {"number"}: the same of all ended calls from or to that number; a tenant's key forgets its own.
void forget_number(http_front& at, request_context& asked);

}  // namespace tonris::actors
