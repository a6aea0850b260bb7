#include "model/call/carrier_progress.hpp"

namespace tonris::model {

namespace {

using source = carrier_progress::source_type;

/// Does `told` come behind `known`, by what Twilio numbers, or names? `known` is none that is over: such a one is never
/// left.
bool is_further(const carrier_progress& told, const carrier_progress& known) noexcept {
  if (twilio::is_final(told.status)) return true;
  if (told.sequence && known.sequence) return *told.sequence > *known.sequence;
  return told.status > known.status;  // queued, initiated, ringing, in_progress
}

/// `known` is over and stays what it is: `told` may say by callback what the REST API had said, and how long it was,
/// where nobody had; it is then who said so.
bool complete(carrier_progress& known, const carrier_progress& told) noexcept {
  if (told.status != known.status) return false;
  if (told.seconds && known.seconds && told.seconds != known.seconds) return false;
  const auto before = known;
  const bool brings_length = told.seconds && !known.seconds;
  if (told.source == source::callback && (known.source == source::rest || brings_length)) known = told;
  known.seconds = before.seconds ? before.seconds : told.seconds;
  return known != before;
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
  if (known && twilio::is_final(known->status)) return complete(*known, told);
  if (known && !is_further(told, *known)) return false;
  known = told;
  if (!twilio::is_final(told.status)) known->seconds.reset();
  return true;
}

}  // namespace tonris::model
