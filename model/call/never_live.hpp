#pragma once

#include "model/call/record.hpp"

namespace tonris::model {

/// Was the conversation ever the caller's? One that could not be, or was given up for another as it began, is over as
/// it begins, and nobody has closed it with a code. The vendor bills it all the same.
[[nodiscard]] inline bool was_live(const call_record::conversation& one) noexcept {
  return one.ended != one.started || one.close_code;
}

}  // namespace tonris::model
