#pragma once

#include <optional>

#include "model/call/end_reason.hpp"
#include "model/tenant/route.hpp"

namespace tonris::model {

/// Why a call that was routed so gets no agent; nothing: it gets one.
[[nodiscard]] std::optional<end_reason> refusal_of(const call_route& route, tenant::status_type status) noexcept;

}  // namespace tonris::model
