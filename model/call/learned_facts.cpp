#include "model/call/learned_facts.hpp"

namespace tonris::model {

std::vector<later_fact> facts_in(const call_record& record) {
  std::vector<later_fact> facts;
  facts.insert(facts.end(), record.voicemail.begin(), record.voicemail.end());
  facts.insert(facts.end(), record.tool_calls.begin(), record.tool_calls.end());
  facts.insert(facts.end(), record.notes.begin(), record.notes.end());
  facts.insert(facts.end(), record.reports.begin(), record.reports.end());
  facts.insert(facts.end(), record.legs.begin(), record.legs.end());
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

}  // namespace tonris::model
