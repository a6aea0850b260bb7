#pragma once

#include "model/call/end_reason.hpp"
#include "model/call/record.hpp"

namespace tonris::model {

/// For who only knows that something went wrong, and not what.

/// An end that is no ordinary one: the call was lost, or refused by a limit or a fault, or only an operator can help.
[[nodiscard]] bool is_wrong_end(end_reason reason) noexcept;
/// It ended so, or as usual while something was wrong (model/call/trouble.hpp).
[[nodiscard]] bool went_wrong(const call_record& record) noexcept;

}  // namespace tonris::model
