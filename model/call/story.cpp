#include "model/call/story.hpp"

#include <cmath>

#include "model/phone/number.hpp"
#include "model/text/one_line.hpp"

namespace tonris::model {

namespace {

/// "2026-11-22 10:00:00 UTC"
std::string day_and_time(call_record::time at) {
  auto text = iso_time(at).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

std::string or_none(const std::string& text) {
  return text.empty() ? "none" : text;
}

std::string header(const call_record& record) {
  std::string out;
  append_one_line("Call " + record.call.value + ", " + day_and_time(record.started) + ", from " +
                      redacted(record.from) + " to " + shown_called(record.direction, record.to) + ", tenant " +
                      or_none(record.tenant.value) + ", agent " + or_none(record.agent.value),
                  out);
  return out + '\n';
}

std::string caused(end_reason reason) {
  std::string out{" It was caused by "};
  return out.append(explain(who(reason))).append(" (").append(to_string(reason)).append(").\n");
}

std::string counted_seconds(std::chrono::milliseconds time) {
  return std::to_string(std::lround(std::chrono::duration<double>(time).count())) + " s";
}

/// An ordinary end that was none.
std::string given_up(const call_record& record) {
  const auto& trouble = *record.troubled;
  const bool by_caller = record.reason == end_reason::caller_hung_up;
  std::string out = by_caller ? "The caller gave up: he" : std::string{explain(*record.reason)} + " Its caller";
  out.append(" heard nothing for ").append(counted_seconds(trouble.unheard));
  if (record.restarts > 0)
    out.append(", ").append(std::to_string(record.restarts)).append(record.restarts == 1 ? " restart" : " restarts");
  out.append(", ").append(to_string(trouble.reason)).append(". ");
  return out.append(explain(trouble.reason)).append(caused(trouble.reason));
}

/// What decides: the trouble, the record's reason, or what the timeline says.
std::optional<end_reason> cause_of(const timeline_end& end, const call_record* record) {
  if (record && record->troubled) return record->troubled->reason;
  return record && record->reason ? record->reason : end.reason;
}

std::string verdict(const timeline_end& end, const call_record* record) {
  const auto cause = cause_of(end, record);
  if (!cause && !end.known && !(record && record->ended)) return "It has not ended yet, as far as is known.\n";
  std::string out{end.refused ? "Why it was refused: " : "Why it ended: "};
  if (!cause) return out + "nobody wrote down a reason.\n";
  if (record && record->troubled && record->reason) return out + given_up(*record);
  return out.append(explain(*cause)).append(caused(*cause));
}

}  // namespace

std::string call_story(const std::vector<timeline_event>& events, const call_record* record) {
  if (events.empty() && !record) return "Nothing is known of this call.\n";
  const auto end = end_of(events);
  std::string out;
  if (record) out += header(*record);
  out += in_plain_words(events);
  out += verdict(end, record);
  if (record) out += in_plain_words(*record);
  if (const auto cause = cause_of(end, record)) out.append("What to do: ").append(advice(*cause)).append("\n");
  return out;
}

}  // namespace tonris::model
