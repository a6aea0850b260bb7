#include "model/call/carrier_progress.hpp"

namespace tonris::model {

namespace {

using source = carrier_progress::source_type;

/// Does `told` come behind `known` by what Twilio numbers, or names? Both are final, or none is.
bool is_further(const carrier_progress& told, const carrier_progress& known) noexcept {
  if (told.sequence && known.sequence) return *told.sequence > *known.sequence;
  const bool is_over = twilio::is_final(told.status);
  if (is_over) return told.sequence && !known.sequence;
  return told.status > known.status;  // queued, initiated, ringing, in_progress
}

bool is_news(const carrier_progress& told, const carrier_progress& known) noexcept {
  const bool is_over = twilio::is_final(told.status), was_over = twilio::is_final(known.status);
  if (is_over != was_over) return is_over;
  if (is_over && told.source != known.source) return told.source == source::callback;
  return is_further(told, known);
}

}  // namespace

std::string_view to_string(source from) noexcept {
  switch (from) {
    case source::rest: return "rest";
    case source::callback: return "callback";
  }
  return "callback";
}

bool take(std::optional<carrier_progress>& known, const carrier_progress& told) {
  if (told.status == twilio::call_status::unknown) return false;
  auto next = told;
  if (!twilio::is_final(next.status)) next.seconds.reset();
  if (!known) {
    known = next;
    return true;
  }
  const auto before = *known;
  const bool takes = is_news(next, before);
  if (takes) known = next;
  if (!known->seconds) known->seconds = takes ? before.seconds : next.seconds;
  return *known != before;
}

}  // namespace tonris::model
