#include "model/call/kept_audio.hpp"

namespace tonris::model {

std::vector<kept_audio> kept_audio_of(const call_record& record) {
  std::vector<kept_audio> all;
  if (record.account.empty()) return all;
  for (const auto& one : record.voicemail)
    if (!one.deleted) all.push_back({record.call, record.account, one.recording, true, one.at});
  for (const auto& one : record.recordings)
    if (one.status != "deleted" && one.status != "absent") all.push_back({record.call, record.account, one.sid, false, one.at});
  return all;
}

later_fact gone(const kept_audio& what, call_record::time at) {
  if (!what.is_message) return call_record::recording{what.recording, "deleted", {}, 0, "answer", at};
  call_record::voicemail_message message;
  message.recording = what.recording;
  message.at = at;
  message.deleted = true;
  return message;
}

}  // namespace tonris::model
