#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/gateway_process.hpp"
#include "tests/e2e/shell.hpp"

namespace tonris::e2e {

/// What a page tells a reader to paste into a shell.
struct manual_command {
  std::string text;    ///< as it stands there, of one line or several
  std::string behind;  ///< the page from there on, where it says what comes of it
};

/// A page of this repository: "docs/tools.md".
[[nodiscard]] std::string manual_page(const std::string& page);

/// Each block of shell and each `span` of code in which curl is called, in the page's order.
[[nodiscard]] std::vector<manual_command> curl_commands(const std::string& page);

/// The page's first block of that language ("json"), without its fences; "": it has none.
[[nodiscard]] std::string first_block(const std::string& page, const std::string& language);

/// The lines of the log that the page's blocks show: each is one with a level, such as "[INFO]: ".
[[nodiscard]] std::vector<std::string> log_lines(const std::string& page);
/// Has a log such a line, whole? Its time is any, and "…" stands for whatever has no blank.
[[nodiscard]] bool has_line_like(const std::string& log, const std::string& shown);

/// Runs it as a reader would, beside the gateway's data, to its end or its first mistake. `https://your-domain` is the
/// gateway; APP_BASE_URL is its origin, and TONRIS_API where its environment names no other. Whatever else the page
/// takes from the environment is given.
[[nodiscard]] shell_end paste(const std::string& command, const gateway_process& gateway,
                              const std::map<std::string, std::string>& environment);

}  // namespace tonris::e2e
