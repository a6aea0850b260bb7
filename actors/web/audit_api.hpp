#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/audit?limit=&cursor=&tenant=: who changed what, the newest first. An actor for as long as that takes.
void tell_audit(http_front& at, request_context& asked);

}  // namespace tonris::actors
