#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::config {

/// What a `.env` file says. Lines are NAME=value, blank, or a comment (#); `export ` before the name is let through.
/// A value is bare (up to " #", trimmed), 'as it is', or "with \n \t \" \\ \$". The last of several lines with one name
/// counts. Nothing is expanded and nothing spans lines.
struct dotenv {
  std::map<std::string, std::string, std::less<>> values;
  std::vector<std::string> mistakes;  ///< "line 3 …": never the line's text, which may be a secret
};
[[nodiscard]] dotenv parse_dotenv(std::string_view text);

}  // namespace tonris::config
