#include "model/call/record_choice.hpp"

namespace tonris::model {

bool stands_before(const call_record& one, const call_record& other) noexcept {
  if (one.started == other.started) return false;
  if (one.tenant.empty() != other.tenant.empty()) return other.tenant.empty();
  if (one.answered.has_value() != other.answered.has_value()) return one.answered.has_value();
  return one.started < other.started;
}

}  // namespace tonris::model
