#include "model/call/course.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "model/call/never_live.hpp"
#include "model/text/one_line.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {

namespace {

/// "after 0.9 s", from the webhook
std::string after_start(const call_record& record, call_record::time at) {
  char text[32];
  std::snprintf(text, sizeof text, "after %.1f s", std::chrono::duration<double>(at - record.started).count());
  return text;
}

bool has(const std::vector<timeline_event>& events, call_moment what) {
  return std::any_of(events.begin(), events.end(), [what](const auto& one) { return one.what == what; });
}

bool is_untaken(end_reason reason) noexcept {
  constexpr std::array untaken{end_reason::callee_busy, end_reason::callee_no_answer, end_reason::callee_unreachable,
                               end_reason::call_canceled};
  return std::find(untaken.begin(), untaken.end(), reason) != untaken.end();
}

/// The gateway's own: of one that somebody else has placed nothing is known but that he did.
bool was_placed(const call_record& record) {
  return twilio::is_outbound(record.direction) && record.reason != end_reason::outbound_not_served;
}

/// A timeline is gone sooner than its record: then what was never metered was refused.
bool was_refused(const std::vector<timeline_event>& events, const call_record& record) {
  if (events.empty()) return record.ended && !record.answered && record.metered_seconds == 0 && !was_placed(record);
  const auto end = end_of(events);
  return end.known && end.refused;
}

/// Of a call that we have placed Twilio asks once somebody has answered.
bool twilio_asked(const std::vector<timeline_event>& events, const call_record& record) {
  if (!was_placed(record) || record.answered || has(events, call_moment::webhook)) return true;
  return events.empty() && !(record.reason && is_untaken(*record.reason));
}

/// One that we have placed and that nobody has answered yet: its record is what was asked for, and nothing has
/// happened.
bool rings_still(const std::vector<timeline_event>& events, const call_record& record) {
  return was_placed(record) && record.state == call_state::ringing && !record.ended && !record.answered &&
         !has(events, call_moment::webhook);
}

std::string ringing_since(const call_record& record) {
  return "ringing since " + iso_time(record.started).substr(11, 8) + " UTC, nothing else yet";
}

/// What came instead of an agent, and with which TwiML.
struct instead {
  std::string_view step, told;
};
constexpr std::array steps{
    instead{"transfer", "<Dial>, which nobody has answered"},
    instead{"transferred", "<Dial>, which was answered"},
    instead{"voicemail", "<Record>"},
};

std::string message_of(const call_record& record) {
  if (record.voicemail.empty()) return record.fallback == "voicemail" ? ", no message has come" : "";
  return ", " + std::to_string(record.voicemail.back().seconds) + " s of a message were left";
}

/// The words are the tenant's own or ours, under this name (docs/tenants.md).
std::string sentence_told(end_reason reason) {
  return "<Say> and <Hangup>, the sentence \"" + std::string{to_string(sentence_of(reason))} + '"';
}

std::string fallback_of(const call_record& record) {
  const auto* const step =
      std::find_if(steps.begin(), steps.end(), [&](const auto& one) { return one.step == record.fallback; });
  std::string told = record.fallback;
  if (step != steps.end())
    told = step->told;
  else if (record.fallback == "sentence" && record.reason)
    told = sentence_told(*record.reason);
  return told + message_of(record);
}

/// What the webhook of a refused call was answered.
std::string answer_to(const call_record& record) {
  if (!record.fallback.empty()) return fallback_of(record);
  if (!record.reason) return "<Hangup>";
  if (*record.reason == end_reason::caller_gave_up) return "to wait and ask again, until he hung up";
  return after(*record.reason) == aftermath::hang_up ? "<Hangup>" : sentence_told(*record.reason);
}

std::string tools_of(const call_record& record) {
  if (record.tool_calls.empty()) return {};
  const auto failed =
      std::count_if(record.tool_calls.begin(), record.tool_calls.end(), [](const auto& one) { return one.failed; });
  return "; " + std::to_string(record.tool_calls.size()) + " tool calls, " + std::to_string(failed) + " of them failed";
}

/// From the stream on.
std::string talk_of(const call_record& record) {
  std::string out{"; stream "};
  out += record.answered ? after_start(record, *record.answered) : "never came";
  out += "; agent ";
  const auto ready = std::ranges::find_if(record.conversations, was_live);
  out += ready == record.conversations.end() ? "never ready" : "ready " + after_start(record, ready->started);
  if (record.restarts > 0)
    out.append("; ").append(std::to_string(record.restarts)).append(record.restarts == 1 ? " restart" : " restarts");
  out += tools_of(record);
  for (const auto& t : record.transfers) out.append("; transfer ").append(to_string(t.outcome));
  if (!record.fallback.empty())
    out.append("; then ").append(fallback_of(record));
  else if (!record.voicemail.empty())
    out.append("; then ").append(steps[2].told).append(message_of(record));
  return out;
}

std::string in_seconds(std::uint32_t seconds) {
  return ", " + std::to_string(seconds) + " s";
}

constexpr std::size_t most_legs = 3;  // the last ones: their ids stand below

std::string carrier_of(const call_record& record) {
  std::string out;
  if (record.twilio) {
    out.append("; Twilio says ").append(to_string(record.twilio->status));
    if (record.twilio->seconds) out += in_seconds(*record.twilio->seconds);
  }
  const auto& legs = record.legs;
  for (std::size_t i = legs.size() - std::min(legs.size(), most_legs); i < legs.size(); ++i)
    out.append("; its leg ")
        .append(legs[i].call.value)
        .append(" ")
        .append(legs[i].status.empty() ? "without a status yet" : legs[i].status)
        .append(legs[i].status.empty() ? "" : in_seconds(legs[i].seconds));
  return out;
}

}  // namespace

std::string course_of(const std::vector<timeline_event>& events, const call_record& record) {
  std::string text{"Course: "};
  if (was_placed(record)) text += "placed by us; ";
  if (rings_still(events, record))
    text += ringing_since(record);
  else if (was_refused(events, record))
    text.append("webhook, refused, answered ").append(answer_to(record));
  else if (!twilio_asked(events, record))
    text += "nobody took it, so that Twilio asked for no TwiML";
  else
    text.append("webhook, answered <Connect>").append(talk_of(record));
  std::string out;
  append_one_line(text + carrier_of(record) + '.', out);
  return out + '\n';
}

}  // namespace tonris::model
