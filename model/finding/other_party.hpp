#pragma once

#include <string>
#include <string_view>

#include "model/call/record.hpp"

namespace tonris::model {

/// A call has the business's own number and somebody else's: the caller's, or of a call that the business placed, the
/// called one's. Who may not see whole numbers sees this one as logs show it, cut.

/// The calling number for them; the called one is shown_called's.
[[nodiscard]] std::string shown_calling(std::string_view direction, std::string_view from);

/// The record for them. Nothing else of it holds the number by itself; what was said, and what the agent noted, stays.
[[nodiscard]] call_record without_other_number(call_record record);

}  // namespace tonris::model
