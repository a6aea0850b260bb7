#pragma once

#include <chrono>
#include <optional>

#include "model/call/carrier_progress.hpp"
#include "model/twilio/placed_call.hpp"

namespace tonris::model {

/// Who has answered a call that the business placed, as Twilio's machine detection heard it: told once, while the call
/// goes on, before it or after it.
struct who_answered {
  twilio::answered_by by = twilio::answered_by::unknown;
  carrier_progress::source_type source = carrier_progress::source_type::callback;
  std::chrono::system_clock::time_point at;  ///< when it was said
  bool operator==(const who_answered&) const = default;
};

/// The first word stands, but for "unknown", which any other replaces. False: nothing changed.
bool take(std::optional<who_answered>& known, const who_answered& told);

}  // namespace tonris::model
