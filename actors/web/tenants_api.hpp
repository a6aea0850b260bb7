#pragma once

#include <string>

namespace tonris::actors {

class http_front;
struct request_context;

// /api/tenants: sign-up, and what an operator does with tenants later (docs/tenants.md). Each change is decided by the
// store, under the ETag that the client has seen where it names one; it is in force at the next call. A change that is
// asked for again, word for word, after its answer was lost finds that it was made.

void create_tenant(http_front& at, request_context& asked);   ///< POST: 201
void list_tenants(http_front& at, request_context& asked);    ///< GET, in parts (tenants_list.cpp)
void tell_tenant(http_front& at, request_context& asked);     ///< GET of one
void replace_tenant(http_front& at, request_context& asked);  ///< PUT; with If-None-Match: * one that is new
void change_tenant(http_front& at, request_context& asked);   ///< PATCH: JSON Merge Patch
void remove_tenant(http_front& at, request_context& asked);   ///< DELETE: 204, and its numbers are free

/// A tenant's document as it is shown: of its secrets only that they are set.
[[nodiscard]] std::string shown_tenant(const std::string& json);

}  // namespace tonris::actors
