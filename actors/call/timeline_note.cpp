#include "actors/call/timeline_note.hpp"

#include <utility>

#include "actors/call/services.hpp"

namespace tonris::actors {

void write_note(const call_services& services, const model::call_record& of, model::call_record::time at,
                model::call_moment moment, std::string_view detail) {
  model::timeline_event event{of.call, at, moment, std::string{detail}};
  services.live->happened(of.tenant, event);
  services.journal->event(std::move(event));
}

std::string words(std::string_view what, std::string_view detail) {
  std::string text{what};
  if (!detail.empty()) text.append(": ").append(detail);
  return text;
}

}  // namespace tonris::actors
