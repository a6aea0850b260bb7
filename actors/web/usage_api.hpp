#pragma once

#include <string>

#include "actors/admission/messages.hpp"

namespace tonris::actors {

class http_front;
struct request_context;

/// GET /api/tenants/{id}/live: the tenant's calls now, its limits and what is used of them, who was refused today.
void tell_usage(http_front& at, request_context& asked);

/// {"tenantId","calls","waiting","limits":{"maxConcurrentCalls":{"limit","used"},…},"month":{"calls","minutes","cost"},
/// "vendor":{…},"refusedToday":{"tenant_busy":3}}: of the limits those that are set; minutes and US dollars.
/// `shows_vendor`: what all tenants with that key hold there.
[[nodiscard]] std::string to_json(const model::tenant& t, const tenant_usage& usage, bool shows_vendor);

}  // namespace tonris::actors
