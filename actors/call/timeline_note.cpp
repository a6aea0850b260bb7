#include "actors/call/timeline_note.hpp"

namespace tonris::actors {

void write_note(call_journal& journal, const model::call_sid& call, model::call_record::time at,
                model::call_moment moment, std::string_view detail) {
  journal.event({call, at, moment, std::string{detail}});
}

std::string words(std::string_view what, std::string_view detail) {
  std::string text{what};
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

}  // namespace tonris::actors
