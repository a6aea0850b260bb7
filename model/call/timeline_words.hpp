#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/call/timeline.hpp"

namespace tonris::model {

/// The timeline in plain words, as in_plain_words, of a call in this direction (Twilio's word).
[[nodiscard]] std::string in_plain_words(const std::vector<timeline_event>& events, std::string_view direction);

}  // namespace tonris::model
