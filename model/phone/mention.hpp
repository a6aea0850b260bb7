#pragma once

#include <string_view>

namespace tonris::model {

/// A scheme of letters, and something behind it: "sip:anna@example.com", "client:anna".
[[nodiscard]] bool is_address(std::string_view text) noexcept;

/// Does a text, JSON say, name that number? All its digits in a row, with the country's code, whatever is before them
/// ("+", "00", "sip:"), in any of the forms in which it rings the same telephone. An address ("sip:anna@…") as it is
/// written. What is spoken in words, written in groups or without the country's code is not seen.
[[nodiscard]] bool is_mentioned(std::string_view number, std::string_view text);

}  // namespace tonris::model
