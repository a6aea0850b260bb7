#include "model/call/learned_facts.hpp"

#include <utility>
#include <variant>

namespace tonris::model {

namespace {

// That one is deleted says nothing to who does not know it.

void add_message(const call_record::voicemail_message& one, std::vector<later_fact>& to) {
  auto before = one;
  before.deleted = false;
  before.deleted_at.reset();
  to.emplace_back(std::move(before));
  if (one.deleted) to.emplace_back(one);
}

void add_recording(const call_record::recording& one, std::vector<later_fact>& to) {
  if (one.status == "deleted") {
    auto before = one;
    before.status = "completed";
    to.emplace_back(std::move(before));
  }
  to.emplace_back(one);
}

}  // namespace

std::vector<later_fact> facts_in(const call_record& record) {
  std::vector<later_fact> facts;
  for (const auto& one : record.voicemail) add_message(one, facts);
  facts.insert(facts.end(), record.tool_calls.begin(), record.tool_calls.end());
  facts.insert(facts.end(), record.notes.begin(), record.notes.end());
  facts.insert(facts.end(), record.reports.begin(), record.reports.end());
  facts.insert(facts.end(), record.legs.begin(), record.legs.end());
  for (const auto& one : record.recordings) add_recording(one, facts);
  if (record.twilio) facts.emplace_back(*record.twilio);
  if (record.heard) facts.emplace_back(*record.heard);
  if (record.cut_off) facts.emplace_back(*record.cut_off);
  return facts;
}

call_record without_facts(const call_record& record) {
  call_record empty;
  empty.call = record.call;
  empty.tenant = record.tenant;
  empty.started = record.started;
  empty.agent = record.agent;
  empty.conversations = record.conversations;
  return empty;
}

void collect_fact(call_record& learned, const call_record& before, const later_fact& fact) {
  if (const auto* const message = std::get_if<call_record::voicemail_message>(&fact))
    for (const auto& one : before.voicemail)
      if (one.recording == message->recording) (void)add_fact(learned, one);
  if (const auto* const recording = std::get_if<call_record::recording>(&fact))
    for (const auto& one : before.recordings)
      if (one.sid == recording->sid) (void)add_fact(learned, one);
  (void)add_fact(learned, fact);
}

}  // namespace tonris::model
