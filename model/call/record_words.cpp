#include <cstdio>

#include "model/call/person_words.hpp"
#include "model/call/record.hpp"
#include "model/text/one_line.hpp"

namespace tonris::model {

namespace {

/// "  length        61.2 s\n"; what was said and whose number it is have no place here.
void put(std::string_view name, std::string_view value, std::string& out) {
  constexpr std::size_t width = 14;
  out.append("  ").append(name).append(width - name.size(), ' ');
  append_one_line(value, out);
  out += '\n';
}

std::string seconds(std::chrono::system_clock::duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(time).count());
  return text;
}

std::string counted(std::uint64_t count, std::string_view one) {
  auto text = std::to_string(count).append(" ").append(one);
  if (count != 1) text += 's';
  return text;
}

std::string ending_of(const call_record& record) {
  if (!record.reason)
    return record.ended ? "nobody wrote down a reason" : "not yet: " + std::string(to_string(record.state));
  std::string text(to_string(*record.reason));
  text.append(", caused by ").append(to_string(who(*record.reason)));
  if (!record.end_detail.empty()) text.append(": ").append(record.end_detail);
  return text;
}

std::string length_of(const call_record& record) {
  if (!record.answered) return "the caller's stream never started";
  if (!record.ended) return "not over";
  return seconds(*record.ended - *record.answered) + ", from the stream's start";
}

std::string trouble_in(const call_record& record) {
  const auto& trouble = *record.troubled;
  if (is_bad_audio(trouble.reason)) return std::string(to_string(trouble.reason));
  return std::string(to_string(trouble.reason)) + ": nothing heard for the last " + seconds(trouble.unheard);
}

std::string agent_of(const call_record& record) {
  return (record.agent.empty() ? "none" : record.agent.value) + ", " + counted(record.restarts, "restart") + ", " +
         counted(record.interruptions, "interruption");
}

std::string audio_of(const call_record::media_counts& media) {
  return counted(media.frames_from_caller, "frame") + " from the caller, " + std::to_string(media.frames_to_caller) +
         " to the caller, " + std::to_string(media.dropped) + " dropped";
}

std::string seconds_of(std::uint32_t ms) {
  return seconds(std::chrono::milliseconds{ms});
}

std::string quality_of(const caller_quality& came) {
  return counted(came.gaps, "gap") + " of " + seconds_of(came.gap_ms) + " in all, longest pause " +
         seconds_of(came.longest_pause_ms) + ", " + std::to_string(came.late) + " late, " + std::to_string(came.lost) +
         " lost, jitter " + std::to_string(came.worst_jitter_us / 1000) + " ms at worst";
}

std::string quality_of(const agent_quality& played) {
  std::string text = counted(played.chunks, "chunk") + " of " + seconds_of(played.audio_ms) + " in all, " +
                     counted(played.pauses, "pause");
  if (played.marks > 0) text += ", heard " + std::to_string(played.worst_lag_ms) + " ms late at worst";
  return text;
}

std::string conversation_of(const call_record::conversation& c) {
  std::string text = c.id.value;
  if (c.close_code) text += ", closed with " + std::to_string(*c.close_code);
  if (!c.ended) text += ", open";
  return text;
}

std::string fallback_of(const call_record& record) {
  return record.fallback.empty() ? "none: Twilio never asked what comes next" : record.fallback;
}

}  // namespace

std::string in_plain_words(const call_record& record) {
  std::string out = "In short:\n";
  put("ended", ending_of(record), out);
  if (record.troubled) put("troubled", trouble_in(record), out);
  put("length", of_person(record.direction, length_of(record)), out);
  put("agent", agent_of(record), out);
  put("audio", of_person(record.direction, audio_of(record.media)), out);
  if (record.media.from_caller != caller_quality{}) put("from caller", quality_of(record.media.from_caller), out);
  if (record.media.to_caller != agent_quality{}) put("to caller", quality_of(record.media.to_caller), out);
  for (const auto& s : record.streams) put("stream", s.id.value, out);
  for (const auto& c : record.conversations) put("conversation", conversation_of(c), out);
  if (record.lines_left_out > 0)
    put("transcript", "the newest lines: " + std::to_string(record.lines_left_out) + " older ones were left out", out);
  const auto follows = record.reason ? after(*record.reason) : aftermath::hang_up;
  if (!record.fallback.empty() || follows == aftermath::fallback || follows == aftermath::arranged)
    put("fallback", fallback_of(record), out);
  for (const auto& t : record.transfers) put("transfer", std::string(to_string(t.outcome)), out);
  for (const auto& m : record.voicemail) put("voicemail", m.recording + ", " + std::to_string(m.seconds) + " s", out);
  for (const auto& r : record.recordings) put("recording", r.sid + ", " + r.status, out);
  return out;
}

}  // namespace tonris::model
