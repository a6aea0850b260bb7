#pragma once

#include "actors/tenant/messages.hpp"
#include "model/admission/verdict.hpp"
#include "model/call/end_reason.hpp"

namespace tonris::actors {

/// Why a call is refused that met that limit. Of a verdict that refuses nobody: internal_error.
[[nodiscard]] model::end_reason reason_of(model::admission_verdict limit) noexcept;

/// The tenant as its caller meets it who is over that limit: what `limits.overflow` says stands where else the fallback
/// of a failure does.
[[nodiscard]] tenant_ptr over_limit(const model::tenant& t, model::admission_verdict limit);

}  // namespace tonris::actors
