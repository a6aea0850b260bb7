#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// What an operator does about a shared tenant store that has lost its tenants (docs/redis.md).
void restore_lost_tenants(http_front& at, request_context& asked);  ///< from this node's copy
void declare_tenants_whole(http_front& at, request_context& asked);

}  // namespace tonris::actors
