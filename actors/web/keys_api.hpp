#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

// Of a tenant who is there. An actor for as long as each takes.

/// GET /api/tenants/{id}/keys: all of them, without what opens anything.
void tell_keys(http_front& at, request_context& asked);
/// POST /api/tenants/{id}/keys {"name","scopes"}: 201 with the key itself, this once. With a tenant's key one that can
/// do no more than it can.
void make_key(http_front& at, request_context& asked);
/// DELETE /api/tenants/{id}/keys/{keyId}: 204, and it opens nothing any more.
void revoke_key(http_front& at, request_context& asked);

}  // namespace tonris::actors
