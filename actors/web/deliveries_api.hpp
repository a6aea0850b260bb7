#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/tenants/{id}/webhooks/deliveries?state=&limit=&cursor=: what this node has still to tell the tenant's
/// webhooks ("waiting") and what it gave up ("dead"), the newest first, without what is in it.
void tell_deliveries(http_front& at, request_context& asked);
/// POST /api/tenants/{id}/webhooks/deliveries/{deliveryId}/redeliver: it is sent now, and for a day again. 202.
void redeliver(http_front& at, request_context& asked);

}  // namespace tonris::actors
