#pragma once

#include <string>

#include "model/quality/media_quality.hpp"

namespace tonris::model {

/// What was wrong with a call's audio, and who is to be asked: a sentence each, on one line. "": nothing that anybody
/// would hear.
[[nodiscard]] std::string what_was_wrong(const caller_quality& came, const agent_quality& played);

}  // namespace tonris::model
