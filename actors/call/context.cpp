#include "actors/call/context.hpp"

namespace tonris::actors {

bool call_context::sent_by(const any_leg& leg) const {
  return leg && self->current_sender() && self->current_sender()->id() == leg.id();
}

void call_context::note(model::call_moment what, std::string_view detail) {
  if (last_word) return;
  write_note(*services, record(), now(), what, detail);
}

void call_context::save() {
  if (last_word) return;
  record().media = life->counters->read();
  const auto at = now();
  life->state.saved = at;
  services->live->put(record(), at, {life->counters, &life->counters->levels});
  services->journal->checkpoint(record().call, to_json(life->state));
}

void call_context::in_trouble(model::end_reason reason) {
  life->trouble.begins(reason, steady_now());
  services->troubles->count(reason, life->trouble_counted_in);
}

}  // namespace tonris::actors
