#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/call/record.hpp"

namespace tonris::model {

/// What was said in a call, kept in its record within these bounds. Of more, the oldest lines go, and are counted
/// there: a conversation that goes on is told its newest words. Sizes are of the words.
inline constexpr std::size_t max_transcript_lines = 1000, max_transcript_bytes = 256 * 1024, max_line_bytes = 4096;

void add_line(call_record& record, call_record::line line);

/// What was really said aloud of the agent's newest line by that id. False: there is none (any more).
bool correct_line(call_record& record, std::int64_t event_id, std::string_view heard);

}  // namespace tonris::model
