#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/calls: calls that go on and calls that have ended, the newest first, a page at a time
/// (model/finding/call_query.hpp). A tenant's key lists its own.
void list_calls(http_front& at, request_context& asked);
/// GET /api/calls/export?format=ndjson|csv: all ended calls that fit, as they are read: records, or a line each. What
/// the client does not take is not read.
void export_calls(http_front& at, request_context& asked);

}  // namespace tonris::actors
