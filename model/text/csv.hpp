#pragma once

#include <string>
#include <string_view>

namespace tonris::model {

/// Appends a text as a field of a CSV file (RFC 4180), in quotation marks where it needs them; bytes that are no UTF-8
/// become U+FFFD, control characters but tabs and line ends blanks. A spreadsheet that opens the file runs nothing:
/// what it would take for a formula (=, +, -, @, a tab or a line end first) gets an apostrophe before it, all but a
/// plus with 7 to 15 digits, which is a phone number.
void append_csv_text(std::string_view text, std::string& out);

inline constexpr std::string_view csv_line_end = "\r\n";

}  // namespace tonris::model
