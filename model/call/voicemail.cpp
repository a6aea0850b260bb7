#include "model/call/voicemail.hpp"

#include <algorithm>

namespace tonris::model {

bool add_voicemail(call_record& record, const call_record::voicemail_message& message) {
  const auto same = [&](const auto& one) { return one.recording == message.recording; };
  if (std::any_of(record.voicemail.begin(), record.voicemail.end(), same)) return false;
  record.voicemail.push_back(message);
  return true;
}

}  // namespace tonris::model
