#include "model/call/kept_audio.hpp"

#include <algorithm>
#include <utility>

namespace tonris::model {

namespace {

/// When it can have become one that Twilio has: at the end of the call at the latest, where nobody told.
call_record::time told_of(const call_record& record, const call_record::recording& one) {
  return one.status == "completed" ? one.at : std::max(one.at, record.ended.value_or(one.at));
}

}  // namespace

std::vector<kept_audio> kept_audio_of(const call_record& record) {
  std::vector<kept_audio> all;
  if (record.account.empty()) return all;
  for (const auto& one : record.voicemail)
    if (!one.deleted) all.push_back({record.call, record.account, one.recording, true, one.at});
  for (const auto& one : record.recordings)
    if (one.status != "deleted" && one.status != "absent")
      all.push_back({record.call, record.account, one.sid, false, told_of(record, one)});
  return all;
}

later_fact gone(const kept_audio& what, call_record::time at) {
  if (!what.is_message) return call_record::recording{what.recording, "deleted", {}, 0, "answer", at};
  call_record::voicemail_message message;
  message.recording = what.recording;
  message.at = at;
  message.deleted = true;
  message.deleted_at = at;
  return message;
}

bool has_own_audio(const call_record& record) noexcept {
  return std::any_of(record.reports.begin(), record.reports.end(), [](const auto& one) { return one.audio_bytes > 0; });
}

std::vector<later_fact> own_audio_gone(const call_record& record, call_record::time at) {
  std::vector<later_fact> facts;
  for (const auto& one : record.reports) {
    if (one.audio_bytes == 0 || one.audio_deleted) continue;
    call_record::vendor_report known;
    known.conversation = one.conversation;
    known.agent = one.agent;
    known.at = one.at;
    known.audio_deleted = true;
    known.audio_deleted_at = at;
    facts.emplace_back(std::move(known));
  }
  return facts;
}

}  // namespace tonris::model
