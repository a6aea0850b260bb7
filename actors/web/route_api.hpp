#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/tenants/{id}/route?to=&from=&at=: what would happen to that call, and why, without placing it.
void explain_route(http_front& at, request_context& asked);

}  // namespace tonris::actors
