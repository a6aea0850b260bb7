#include "model/call/held_line.hpp"

#include <chrono>

namespace tonris::model {

bool will_hold_the_line(const call_record& record) noexcept {
  if (!record.reason || record.cut_off) return false;
  if (record.twilio && twilio::is_final(record.twilio->status)) return false;
  return after(*record.reason) != aftermath::hang_up;
}

bool may_hold_the_line(const call_record& record, call_record::time now) noexcept {
  constexpr std::chrono::hours longest{24};
  return record.ended && will_hold_the_line(record) && now - *record.ended < longest;
}

}  // namespace tonris::model
