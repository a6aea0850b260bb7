#pragma once

#include <string>
#include <string_view>

namespace tonris::model::elevenlabs {

/// Appends a tool's parameters, one JSON object, to an address as its query, behind what is there: texts as they are,
/// other values as JSON. Of what is no object nothing is appended.
void append_query(std::string_view parameters, std::string& url);

}  // namespace tonris::model::elevenlabs
