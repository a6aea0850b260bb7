#include "model/call/who_answered.hpp"

namespace tonris::model {

bool take(std::optional<who_answered>& known, const who_answered& told) {
  constexpr auto nobody_can_say = twilio::answered_by::unknown;
  if (known && (known->by != nobody_can_say || told.by == nobody_can_say)) return false;
  known = told;
  return true;
}

}  // namespace tonris::model
