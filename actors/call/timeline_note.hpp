#pragma once

#include <string>
#include <string_view>

#include "actors/store/journal.hpp"
#include "model/call/record.hpp"
#include "model/call/timeline.hpp"

namespace tonris::actors {

/// Writes an event into a call's timeline.
void write_note(call_journal& journal, const model::call_sid& call, model::call_record::time at,
                model::call_moment moment, std::string_view detail = {});

[[nodiscard]] std::string words(std::string_view what, std::string_view detail);  ///< "what: detail", or only "what"

}  // namespace tonris::actors
