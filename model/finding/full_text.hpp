#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/call/record.hpp"

namespace tonris::model {

inline constexpr std::size_t max_search_bytes = 200;           ///< of what a person looks for
inline constexpr std::size_t max_searched_bytes = 512 * 1024;  ///< of one record's text

/// An expression for SQLite's FTS5 MATCH that finds what holds all of these words, in any order: `cut hair*
/// "two o'clock"` is a word, the beginning of one, and words that follow each other. Whatever else FTS5 knows (AND, OR,
/// NOT, NEAR, columns, ^, +) is a word like others. "" when there is no letter and no digit to look for. Of a longer
/// text its first max_search_bytes.
[[nodiscard]] std::string match_expression(std::string_view words);

/// The record without what was said, noted and summed up; the rest of it stays.
[[nodiscard]] call_record without_words(call_record record);

/// What is searched of a call: the vendor's summaries, the agent's notes, and what caller and agent said, a line each.
[[nodiscard]] std::string searched_text(const call_record& record);

}  // namespace tonris::model
