#pragma once

#include <string>
#include <string_view>

namespace tonris::model {

/// Appends `text` as a JSON string with its quotes. Escapes what has to be escaped and nothing else; a byte that is no
/// UTF-8 becomes U+FFFD, so that the result is JSON whatever the text was.
void append_json_string(std::string_view text, std::string& out);

}  // namespace tonris::model
