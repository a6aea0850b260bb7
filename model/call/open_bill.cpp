#include "model/call/open_bill.hpp"

#include <algorithm>

namespace tonris::model {

namespace {

bool is_open(const std::optional<cost_part>& cost) noexcept {
  return !cost || !cost->is_final;
}

/// How often it was told to dial. Whether it has done so each time, nobody knows before it is asked: a caller who
/// hangs up meanwhile ends its document, and nothing is told of the leg.
std::size_t dials_of(const call_record& record) {
  const bool by_fallback = record.fallback == "transfer" || record.fallback == "transferred";
  return record.transfers.size() + (by_fallback ? 1 : 0);
}

bool has_open_legs(const call_record& record) {
  return record.legs.size() < dials_of(record) ||
         std::any_of(record.legs.begin(), record.legs.end(), [](const auto& one) { return is_open(one.cost); });
}

bool is_open(const call_record& record, const kept_audio& one) {
  for (const auto& message : record.voicemail)
    if (one.is_message && message.recording == one.recording) return is_open(message.cost);
  for (const auto& recording : record.recordings)
    if (!one.is_message && recording.sid == one.recording) return is_open(recording.cost);
  return false;
}

}  // namespace

open_bill open_bill_of(const call_record& record) {
  open_bill bill;
  if (record.account.empty()) return bill;
  bill.connection = record.cost.twilio && !record.cost.twilio->is_final;
  bill.legs = has_open_legs(record);
  for (auto& one : kept_audio_of(record))
    if (is_open(record, one)) bill.recordings.push_back(std::move(one));
  return bill;
}

}  // namespace tonris::model
