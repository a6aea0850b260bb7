#include "model/call/later_fact.hpp"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <utility>

#include "model/call/costing.hpp"

namespace tonris::model {

namespace {

/// Unless there are enough, or one that is the same by `same`.
template <class Item, class Same>
bool add(std::vector<Item>& to, const Item& what, std::size_t most, Same same) {
  if (to.size() >= most || std::any_of(to.begin(), to.end(), same)) return false;
  to.push_back(what);
  return true;
}

/// Of one that has a cost of its own. False: that is no news.
template <class Item>
bool take_cost(Item& known, const std::optional<cost_part>& told) {
  return told && take(known.cost, *told);
}

bool add_message(call_record& record, const call_record::voicemail_message& message) {
  const auto known = std::find_if(record.voicemail.begin(), record.voicemail.end(),
                                  [&](const auto& one) { return one.recording == message.recording; });
  if (known != record.voicemail.end()) {
    if (!message.deleted || std::exchange(known->deleted, true)) return false;
    known->deleted_at = message.deleted_at;
    return true;
  }
  if (message.deleted) return false;
  return add(record.voicemail, message, max_voicemails,
             [&](const auto& one) { return one.recording == message.recording; });
}

bool add_to(call_record& record, const call_record::voicemail_message& message) {
  if (!add_message(record, message)) return false;
  settle_recordings(record);
  return true;
}

bool add_to(call_record& record, const call_record::tool_call& call) {
  return add(record.tool_calls, call, max_tool_calls, [&](const auto& one) {
    return call.id.empty() ? one == call : one.id == call.id && one.on_the_line == call.on_the_line;
  });
}

bool add_to(call_record& record, const call_record::note& note) {
  return add(record.notes, note, max_notes, [&](const auto& one) {
    return note.request.empty() ? one == note : one.request == note.request && one.text == note.text;
  });
}

template <class Value>
void fill(std::optional<Value>& empty, const std::optional<Value>& with) {
  if (!empty) empty = with;
}

void fill(std::string& empty, const std::string& with) {
  if (empty.empty()) empty = with;
}

/// A report names the call that its conversation was told of, and whoever could tell it something else may name
/// another's: the call has to know the conversation, or at least to have had that agent.
bool is_of(const call_record& record, const call_record::vendor_report& report) {
  const bool is_known = std::any_of(record.conversations.begin(), record.conversations.end(),
                                    [&](const auto& one) { return one.id == report.conversation; });
  return is_known || report.agent == record.agent;
}

using parts_told = std::bitset<10>;

/// What of a conversation is told. That there is audio, or that this is gone, has times of its own.
parts_told parts_of(const call_record::vendor_report& report) noexcept {
  parts_told parts;
  std::size_t which = 0;
  for (const bool is_told :
       {report.seconds.has_value(), report.credits.has_value(), report.llm_price.has_value(), report.price.has_value(),
        report.error_code.has_value(), !report.termination.empty(), !report.error.empty(), !report.successful.empty(),
        !report.summary.empty(), !report.analysis.empty()})
    parts.set(which++, is_told);
  return parts;
}

/// Does the report stand with the time and the source of this telling from now on? With those of the first that told
/// all that is known; where two tell only together what is, of the later one.
bool is_origin(const call_record::vendor_report& told, const call_record::vendor_report& known) {
  const auto tells = parts_of(told), knew = parts_of(known), all = tells | knew;
  const bool tells_all = tells == all, knew_all = knew == all;
  if (tells_all != knew_all) return tells_all;
  if (told.at != known.at) return (told.at < known.at) == tells_all;
  return !told.source.empty() && (known.source.empty() || told.source < known.source);  // the same one, mostly
}

void take_origin(call_record::vendor_report& known, const call_record::vendor_report& told) {
  if (!is_origin(told, known)) return;
  known.at = told.at;
  known.source = told.source;
}

bool add_report(call_record& record, const call_record::vendor_report& report) {
  if (!is_of(record, report)) return false;
  const auto same = std::find_if(record.reports.begin(), record.reports.end(),
                                 [&](const auto& one) { return one.conversation == report.conversation; });
  if (same == record.reports.end()) return add(record.reports, report, max_reports, [](const auto&) { return false; });
  const auto before = *same;
  take_origin(*same, report);
  fill(same->agent.value, report.agent.value);
  fill(same->seconds, report.seconds);
  fill(same->credits, report.credits);
  fill(same->llm_price, report.llm_price);
  if (report.charged && !same->charged) same->price = report.price;
  fill(same->price, report.price);
  same->charged = same->charged || report.charged;
  same->burst = same->burst || report.burst;
  fill(same->termination, report.termination);
  fill(same->error_code, report.error_code);
  fill(same->error, report.error);
  fill(same->successful, report.successful);
  fill(same->summary, report.summary);
  fill(same->analysis, report.analysis);
  if (same->audio_bytes == 0) {
    same->audio_bytes = report.audio_bytes;
    same->audio_at = report.audio_at;
  }
  same->audio_deleted = same->audio_deleted || report.audio_deleted;
  fill(same->audio_deleted_at, report.audio_deleted_at);
  return !(*same == before);
}

bool add_to(call_record& record, const call_record::vendor_report& report) {
  if (!add_report(record, report)) return false;
  settle_reports(record);
  return true;
}

bool charge_recording(call_record& record, const call_record::charge& told) {
  bool is_news = false;
  for (auto& one : record.voicemail)
    if (one.recording == told.recording) is_news = take_cost(one, told.cost);
  for (auto& one : record.recordings)
    if (one.sid == told.recording) is_news = take_cost(one, told.cost);
  if (is_news) settle_recordings(record);
  return is_news;
}

bool add_to(call_record& record, const call_record::charge& told) {
  using part = call_record::charge::part_type;
  switch (told.of) {
    case part::twilio: return take(record.cost.twilio, told.cost);
    case part::elevenlabs: return take(record.cost.elevenlabs, told.cost);
    case part::llm: return take(record.cost.llm, told.cost);
    case part::recording: return charge_recording(record, told);
  }
  return false;
}

bool is_over(const call_record::recording& one) noexcept {
  return one.status == "completed" || one.status == "absent" || one.status == "deleted";
}

/// What is told twice, or behind its end, changes nothing but what was not known.
bool add_recording(call_record& record, const call_record::recording& told) {
  const auto known = std::find_if(record.recordings.begin(), record.recordings.end(),
                                  [&](const auto& one) { return one.sid == told.sid; });
  if (known == record.recordings.end())
    return told.status != "deleted" && add(record.recordings, told, max_recordings, [](const auto&) { return false; });
  if (is_over(*known) && (!is_over(told) || known->status == "deleted")) return false;
  auto now = told;
  if (now.url.empty()) now.url = known->url;
  if (now.seconds == 0) now.seconds = known->seconds;
  now.cost = known->cost;
  const bool costs_else = take_cost(now, told.cost);
  if (now.status == known->status && now.url == known->url && now.seconds == known->seconds && !costs_else)
    return false;
  *known = std::move(now);
  return true;
}

bool add_to(call_record& record, const call_record::recording& told) {
  if (!add_recording(record, told)) return false;
  settle_recordings(record);
  return true;
}

bool add_leg(call_record& record, const call_record::leg& told) {
  const auto known =
      std::find_if(record.legs.begin(), record.legs.end(), [&](const auto& one) { return one.call == told.call; });
  if (known == record.legs.end()) return add(record.legs, told, max_legs, [](const auto&) { return false; });
  const bool costs_else = take_cost(*known, told.cost);
  if (!known->status.empty() || told.status.empty()) return costs_else;
  known->status = told.status;
  known->seconds = told.seconds;
  known->at = told.at;
  known->source = told.source;
  return true;
}

bool add_to(call_record& record, const call_record::leg& told) {
  if (!add_leg(record, told)) return false;
  settle_legs(record);
  return true;
}

bool add_to(call_record& record, const carrier_progress& told) {
  const auto before = record.twilio;
  if (!take(record.twilio, told)) return false;
  settle_connection(record, before);
  return true;
}

bool add_to(call_record& record, const who_answered& told) {
  return take(record.heard, told);
}

bool add_to(call_record& record, const call_record::hang_up& told) {
  if (record.cut_off) return false;
  record.cut_off = told;
  return true;
}

}  // namespace

bool add_fact(call_record& record, const later_fact& fact) {
  return std::visit([&](const auto& one) { return add_to(record, one); }, fact);
}

}  // namespace tonris::model
