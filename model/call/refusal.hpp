#pragma once

#include <optional>

#include "model/admission/verdict.hpp"
#include "model/call/end_reason.hpp"
#include "model/tenant/route.hpp"

namespace tonris::model {

/// Why a call that was routed so gets no agent; nothing: it gets one.
[[nodiscard]] std::optional<end_reason> refusal_of(const call_route& route, tenant::status_type status) noexcept;

/// Why a call is refused that admission does not let in. Of a verdict that refuses nobody: internal_error.
[[nodiscard]] end_reason reason_of(admission_verdict why) noexcept;

}  // namespace tonris::model
