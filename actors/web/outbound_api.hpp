#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// POST /api/calls: calls somebody for a tenant, where `settings.outbound` allows it. Nobody is called twice for one
/// request: what Twilio does not answer is looked for, and not asked for again (docs/api.md#placing-a-call).
void place_call(http_front& at, request_context& asked);

}  // namespace tonris::actors
