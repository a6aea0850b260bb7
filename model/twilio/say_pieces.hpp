#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace tonris::model::twiml {

/// What Twilio takes of one `<Say>`: so many characters once URL-encoded, and so many as they are (Polly's limit).
inline constexpr std::size_t max_encoded_say = 4'500;
inline constexpr std::size_t max_say_characters = 3'000;

/// The pieces in which `text` is said, one `<Say>` each: as few as the limits allow, cut at the end of a sentence,
/// where there is none at a blank, and only in a word that is longer than a piece within it. Valid UTF-8 only; nothing
/// but blanks at the seams is lost. Views into the text.
[[nodiscard]] std::vector<std::string_view> say_pieces(std::string_view text);

}  // namespace tonris::model::twiml
