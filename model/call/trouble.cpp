#include "model/call/trouble.hpp"

namespace tonris::model {

namespace {

/// Ends that somebody may choose because nothing is heard. An agent that says goodbye was there.
bool is_given_up(end_reason end) noexcept {
  return end == end_reason::caller_hung_up || end == end_reason::operator_hung_up || end == end_reason::max_duration ||
         end == end_reason::month_used_up;
}

/// He may well hear an agent that does not hear him.
bool may_be_heard_in(end_reason trouble) noexcept {
  return trouble == end_reason::agent_not_hearing;
}

}  // namespace

std::optional<call_trouble> trouble_of(end_reason end, const trouble_signs& signs) noexcept {
  if (!is_given_up(end)) return std::nullopt;
  if (signs.last && !signs.over && (signs.unheard >= patience_in_trouble || may_be_heard_in(*signs.last)))
    return call_trouble{*signs.last, signs.unheard};
  if (signs.unheard >= patience_in_silence) return call_trouble{end_reason::agent_not_audible, signs.unheard};
  return std::nullopt;
}

}  // namespace tonris::model
