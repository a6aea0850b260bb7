#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/usage?tenant=&from=&to=&by=tenant,day,agent,variant&zone=: what ended calls used, by their start. A
/// tenant's key sees its own.
void tell_usage_report(http_front& at, request_context& asked);
/// GET /api/usage/drift?tenant=&from=&to=&zone=: what ended calls cost by our meter, beside what the vendors say; of
/// the last day where nothing else is asked for. Days that were held against their bills for good as they are kept,
/// what is behind them as it stands now.
void tell_drift(http_front& at, request_context& asked);
/// GET /api/usage/variants?tenant=&a=&b=&outcome=&from=&to=: which of two variants of a tenant's succeeds more often:
/// as the vendor judges its calls, or by how they ended.
void compare_variants(http_front& at, request_context& asked);

}  // namespace tonris::actors
