#include "model/twilio/say_pieces.hpp"

#include <algorithm>
#include <array>

#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::twiml {

namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Of one character.
std::size_t encoded_size(std::string_view sequence) noexcept {
  const char c = sequence.front();
  const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                     c == '_' || c == '.' || c == '~';
  return plain ? 1 : 3 * sequence.size();
}

/// A full stop ends a sentence where a blank follows: "3.50" has none. Chinese and Japanese leave no blank.
bool ends_sentence(std::string_view character, std::string_view rest) noexcept {
  constexpr std::array<std::string_view, 6> stops = {".", "!", "?", "\u2026", "\u061f", "\u0964"};
  constexpr std::array<std::string_view, 3> wide_stops = {"\u3002", "\uff01", "\uff1f"};
  const auto is_one_of = [&](const auto& list) { return std::find(list.begin(), list.end(), character) != list.end(); };
  if (character == "\n" || is_one_of(wide_stops)) return true;
  return is_one_of(stops) && (rest.empty() || blanks.find(rest.front()) != std::string_view::npos);
}

/// How many bytes of `text` the next piece takes.
std::size_t piece_size(std::string_view text) {
  std::size_t at = 0, encoded = 0, characters = 0, sentence = 0, word = 0;
  while (at < text.size()) {
    const auto character = text.substr(at, std::max<std::size_t>(1, utf8_length(text.substr(at))));
    encoded += encoded_size(character);
    if (encoded > max_encoded_say || ++characters > max_say_characters) break;
    if (blanks.find(character.front()) != std::string_view::npos) word = at;
    at += character.size();
    if (ends_sentence(character, text.substr(at))) sentence = at;
  }
  if (at == text.size()) return at;
  if (sentence > 0) return sentence;
  return word > 0 ? word : at;
}

}  // namespace

std::vector<std::string_view> say_pieces(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    const auto size = piece_size(text);
    pieces.push_back(trimmed(text.substr(0, size)));
    text.remove_prefix(size);
  }
  return pieces;
}

}  // namespace tonris::model::twiml
