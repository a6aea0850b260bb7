#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/webhooks/refused?since=&route=&reason=&limit=: what was refused of the vendors' requests before it became a
/// call (refused_webhooks.hpp), the newest first.
void tell_refused(http_front& at, request_context& asked);

}  // namespace tonris::actors
