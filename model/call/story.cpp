#include "model/call/story.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "model/call/course.hpp"
#include "model/call/mended.hpp"
#include "model/call/person_words.hpp"
#include "model/call/timeline_words.hpp"
#include "model/phone/number.hpp"
#include "model/quality/media_words.hpp"
#include "model/text/one_line.hpp"

namespace tonris::model {

namespace {

/// "2026-11-22 10:00:00 UTC"
std::string day_and_time(call_record::time at) {
  auto text = iso_time(at).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

/// Without a record it is taken for a call to the business.
std::string_view direction_of(const call_record* record) noexcept {
  return record ? std::string_view{record->direction} : std::string_view{};
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

std::string caused(std::string_view direction, end_reason reason, std::string_view detail = {}) {
  std::string out{" It was caused by "};
  out.append(of_person(direction, explain(who(reason)))).append(" (").append(to_string(reason));
  if (!detail.empty()) append_one_line(std::string{": "}.append(detail), out);
  return out.append(").\n");
}

std::string counted_seconds(std::chrono::milliseconds time) {
  return std::to_string(std::lround(std::chrono::duration<double>(time).count())) + " s";
}

std::string exact_seconds(std::chrono::duration<double> time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", time.count());
  return text;
}

/// The pause before the stream that was open at the end; nothing: that was the first, or the last one broke for good.
std::optional<call_record::time::duration> pause_before_last_stream(const call_record& record) {
  constexpr std::chrono::seconds at_the_end{1};
  const auto& streams = record.streams;
  if (streams.size() < 2) return std::nullopt;
  const auto& last = streams.back();
  const auto& broken = streams[streams.size() - 2];
  const bool was_open = !last.ended || !record.ended || *record.ended - *last.ended < at_the_end;
  if (!was_open || !broken.ended) return std::nullopt;
  return std::max(last.started - *broken.ended, call_record::time::duration{0});
}

/// What was wrong: the reason's sentence, but for a stream that came back, of which that says the contrary.
std::string explain_trouble(const call_record& record) {
  const auto reason = record.troubled->reason;
  if (const auto pause = pause_before_last_stream(record); pause && reason == end_reason::stream_lost)
    return "The caller's media stream broke and came back after " + exact_seconds(*pause) + '.';
  return std::string{explain(reason)};
}

/// An ordinary end that was none.
std::string given_up(const call_record& record) {
  const auto& trouble = *record.troubled;
  const bool by_caller = record.reason == end_reason::caller_hung_up;
  std::string out = by_caller ? "The caller gave up: he" : std::string{explain(*record.reason)} + " Its caller";
  if (is_bad_audio(trouble.reason))
    out.append(" was on a bad line");
  else
    out.append(" heard nothing for ").append(counted_seconds(trouble.unheard));
  if (record.restarts > 0)
    out.append(", ").append(std::to_string(record.restarts)).append(record.restarts == 1 ? " restart" : " restarts");
  out.append(", ").append(to_string(trouble.reason)).append(". ");
  out.append(explain_trouble(record));
  return of_person(record.direction, out) + caused(record.direction, trouble.reason);
}

/// What decides: the trouble, the record's reason, or what the timeline says.
std::optional<end_reason> cause_of(const timeline_end& end, const call_record* record) {
  if (record && record->troubled) return record->troubled->reason;
  return record && record->reason ? record->reason : end.reason;
}

/// `detail`: what stands behind the reason, where nothing below tells it.
std::string verdict(const timeline_end& end, const call_record* record, std::string_view detail = {}) {
  const auto cause = cause_of(end, record);
  if (!cause && !end.known && !(record && record->ended)) return "It has not ended yet, as far as is known.\n";
  std::string out{end.refused ? "Why it was refused: " : "Why it ended: "};
  if (!cause) return out + "nobody wrote down a reason.\n";
  if (record && record->troubled && record->reason) return out + given_up(*record);
  const auto direction = direction_of(record);
  return out.append(of_person(direction, explain(*cause))).append(caused(direction, *cause, detail));
}

constexpr std::string_view done_rehearsal = ": now";  // as actors/call/rehearsal.cpp notes it

/// Which failure was brought about on the tenant's wish; "": none.
std::string rehearsed_in(const std::vector<timeline_event>& events) {
  for (const auto& event : events)
    if (event.what == call_moment::rehearsal && event.detail.ends_with(done_rehearsal))
      return event.detail.substr(0, event.detail.size() - done_rehearsal.size());
  return {};
}

std::string rehearsal_told(const std::vector<timeline_event>& events) {
  const auto what = rehearsed_in(events);
  if (what.empty()) return {};
  return "A failure was brought about on purpose: " + what + ", which the tenant's settings.rehearsal wants.\n";
}

std::string to_do(const std::vector<timeline_event>& events, const std::optional<end_reason>& cause,
                  std::string_view direction) {
  if (!rehearsed_in(events).empty())
    return "What to do: nothing where that was wanted, else take settings.rehearsal from the tenant.\n";
  if (!cause) return {};
  const auto lasting = gravity_of(*cause) == gravity::ordinary ? still_to_mend(events) : std::nullopt;
  return "What to do: " + of_person(direction, advice(lasting.value_or(*cause))) + "\n";
}

/// While the caller was there to hear it. Of a call that goes on nobody here knows for how long it has.
call_record::time::duration time_with_agent(const call_record& record) {
  call_record::time::duration together{0};
  if (!record.answered || !record.ended) return together;
  for (const auto& one : record.conversations) {
    const auto from = std::max(one.started, *record.answered);
    together += std::max(one.ended.value_or(*record.ended) - from, call_record::time::duration{0});
  }
  return together;
}

constexpr std::string_view heard_nothing = "The caller heard nothing of the agent.";

bool heard_no_agent(const call_record& record) {
  return record.media.heard_ms == 0 && time_with_agent(record) >= patience_for_answer;
}

/// What was wrong with the audio; "": nothing.
std::string audio_told(const call_record& record) {
  auto wrong = what_was_wrong(record.media.from_caller, record.media.to_caller);
  if (heard_no_agent(record)) wrong = std::string{heard_nothing} + (wrong.empty() ? "" : " ") + wrong;
  return wrong.empty() ? wrong : "Audio: " + of_person(record.direction, wrong) + '\n';
}

// How sockets end in good order, as actors/call notes it.
constexpr std::array<std::string_view, 3> in_good_order{"closed by us", "the caller hung up",
                                                        "the person called hung up"};

constexpr std::array troubles{call_moment::signed_url,  call_moment::agent_ended,  call_moment::agent_restart,
                              call_moment::agent_queue, call_moment::stream_ended, call_moment::new_stream,
                              call_moment::crashed,     call_moment::resumed,      call_moment::rehearsal,
                              call_moment::fallback};

bool tells_of_trouble(const timeline_event& event) noexcept {
  return std::find(in_good_order.begin(), in_good_order.end(), event.detail) == in_good_order.end() &&
         std::find(troubles.begin(), troubles.end(), event.what) != troubles.end();
}

/// What went wrong last, as it was written down then; "": nothing did.
std::string last_trouble(const std::vector<timeline_event>& events) {
  const auto last = std::find_if(events.rbegin(), events.rend(), tells_of_trouble);
  if (last == events.rend()) return {};
  std::string out;
  append_one_line("Last of note, " + day_and_time(last->at) + ": " + std::string{to_string(last->what)} +
                      (last->detail.empty() ? "" : ", " + last->detail),
                  out);
  return out + '\n';
}

constexpr std::size_t most_ids = 5;

template <class Items, class Id>
void append_ids(const Items& of, Id id, std::string& out) {
  for (std::size_t i = of.size() - std::min(of.size(), most_ids); i < of.size(); ++i)
    out.append(", ").append(id(of[i]));
}

}  // namespace

std::string call_story(const std::vector<timeline_event>& events, const call_record* record) {
  if (events.empty() && !record) return "Nothing is known of this call.\n";
  const auto end = end_of(events);
  std::string out;
  if (record) out += header(*record);
  out += in_plain_words(events, direction_of(record));
  out += verdict(end, record);
  if (end.known) out += mended(events, direction_of(record));
  out += rehearsal_told(events);
  if (record) out += audio_told(*record);
  if (record) out += in_plain_words(*record);
  return out + to_do(events, cause_of(end, record), direction_of(record));
}

std::string call_summary(const std::vector<timeline_event>& events, const call_record& record) {
  const auto end = end_of(events);
  std::string out = header(record);
  out += verdict(end, &record, record.end_detail);
  if (end.known) out += mended(events, record.direction);
  out += rehearsal_told(events);
  out += course_of(events, record);
  out += audio_told(record);
  out += last_trouble(events);
  out += to_do(events, cause_of(end, &record), record.direction);
  out += "For Twilio: " + record.call.value;
  append_ids(
      record.streams, [](const auto& one) { return one.id.value; }, out);
  append_ids(
      record.legs, [](const auto& one) { return one.call.value; }, out);
  out += '\n';
  if (record.conversations.empty()) return out;
  out += "For ElevenLabs: " + or_none(record.agent.value);
  append_ids(
      record.conversations, [](const auto& one) { return one.id.value; }, out);
  return out + '\n';
}

}  // namespace tonris::model
