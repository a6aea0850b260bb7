#pragma once

#include <string_view>

#include "model/text/ids.hpp"

namespace tonris::model::elevenlabs {

/// Of metadata that `decode` (conversation.hpp) refuses for something else in it: which conversation has begun, and
/// costs. "": of anything else.
[[nodiscard]] conversation_id conversation_begun_in(std::string_view text);

}  // namespace tonris::model::elevenlabs
