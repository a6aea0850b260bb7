#pragma once

namespace tonris::actors {

struct request_context;

// Of a request that says all by its method and path. False: something else came with it, all of which the client was
// told (400): what is not understood may have been meant to change what is done.

/// Its query names no parameter.
[[nodiscard]] bool has_no_query(request_context& asked);
/// Its body is empty, or an object without a key.
[[nodiscard]] bool has_no_body(request_context& asked);

}  // namespace tonris::actors
