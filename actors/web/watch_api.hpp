#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/calls/events: what happens to all calls, to those of the tenant that the operator names, or to those of who
/// asks, as server-sent events (call_watchers.hpp).
void watch_all_calls(http_front& at, request_context& asked);
/// GET /api/calls/{CallSid}/events: the same of one call, until it has ended; of one that has, 409.
/// With `levels=1` how loud it is as well.
void watch_one_call(http_front& at, request_context& asked);

}  // namespace tonris::actors
