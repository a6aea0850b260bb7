#pragma once

#include <string>
#include <vector>

#include "tools/sim/elevenlabs/conversation.hpp"

namespace tonris::sim {

/// What came of all conversations of a server, as JSON for people and scripts.
[[nodiscard]] std::string to_json(const std::vector<conversation_record>& conversations,
                                  const std::vector<violation>& of_requests);

}  // namespace tonris::sim
