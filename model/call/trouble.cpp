#include "model/call/trouble.hpp"

#include <algorithm>

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
  if (signs.owed >= patience_for_answer)  // silence that came as its audio counts as heard
    return call_trouble{end_reason::agent_not_audible, std::max(signs.unheard, signs.owed)};
  if (signs.unheard >= patience_in_silence) return call_trouble{end_reason::agent_not_audible, signs.unheard};
  if (signs.bad_audio) return call_trouble{*signs.bad_audio, signs.unheard};
  return std::nullopt;
}

std::optional<end_reason> bad_audio(std::chrono::milliseconds from_caller, const caller_quality& came,
                                    const agent_quality& played) noexcept {
  using std::chrono::milliseconds;
  const milliseconds cut{came.cut_ms};
  if (cut >= least_cut && cut * 100 >= from_caller * least_cut_percent) return end_reason::caller_cut_off;
  if (played.marks >= least_lag_marks && milliseconds{played.mean_lag_ms} >= least_lag)
    return end_reason::playback_late;
  return std::nullopt;
}

bool is_bad_audio(end_reason trouble) noexcept {
  return trouble == end_reason::caller_cut_off || trouble == end_reason::playback_late;
}

}  // namespace tonris::model
