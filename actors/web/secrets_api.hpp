#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// Seals the secrets of all tenants anew with the first key of SECRETS_KEY (docs/access.md).
void rotate_secrets(http_front& at, request_context& asked);

}  // namespace tonris::actors
