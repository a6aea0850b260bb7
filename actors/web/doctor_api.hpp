#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// Tells `tonrisctl doctor` what of its request arrived (model/doctor/seen_request.hpp). Changes nothing.
void echo_request(http_front& at, request_context& asked);

}  // namespace tonris::actors
