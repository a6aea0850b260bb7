#pragma once

#include <string>
#include <string_view>

#include "model/call/record.hpp"
#include "model/call/timeline.hpp"

namespace tonris::actors {

struct call_services;  // actors/call/services.hpp

/// Writes an event into a call's timeline, for those who watch and for later.
void write_note(const call_services& services, const model::call_record& of, model::call_record::time at,
                model::call_moment moment, std::string_view detail = {});

[[nodiscard]] std::string words(std::string_view what, std::string_view detail);  ///< "what: detail", or only "what"

}  // namespace tonris::actors
