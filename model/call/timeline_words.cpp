#include "model/call/timeline_words.hpp"

#include <algorithm>
#include <cstdio>

#include "model/call/person_words.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/one_line.hpp"

namespace tonris::model {

namespace {

using time = std::chrono::system_clock::time_point;

/// How a moment is told: what stands there without a detail, and what stands around one.
struct phrase {
  std::string_view alone, before, after;
};

phrase words_for(call_moment m) noexcept {
  switch (m) {
    case call_moment::webhook: return {"Twilio asked what to do with the call", " (", ")"};
    case call_moment::refused: return {"the call was refused", ": ", ""};
    case call_moment::stream_opened: return {"the caller's stream connected", ": ", ""};
    case call_moment::stream_started: return {"the caller's stream started", " (", ")"};
    case call_moment::stream_ended: return {"the caller's stream ended", ": ", ""};
    case call_moment::new_stream: return {"the caller's stream had dropped, a new one was offered", ": ", ""};
    case call_moment::signed_url: return {"ElevenLabs gave the conversation's address", ": ", ""};
    case call_moment::agent_connected: return {"the agent's connection opened", ": ", ""};
    case call_moment::agent_ready: return {"the agent was ready", " (", ")"};
    case call_moment::agent_ended: return {"the agent's connection ended", ": ", ""};
    case call_moment::agent_restart: return {"the agent is connected anew", ": ", ""};
    case call_moment::agent_queue: return {"ElevenLabs' queue", ": ", ""};
    case call_moment::agent_said: return {"the agent spoke", ": ", ""};
    case call_moment::caller_said: return {"the caller spoke", ": ", ""};
    case call_moment::interrupted: return {"the caller interrupted the agent", ": ", ""};
    case call_moment::key_pressed: return {"the caller pressed a key", ": ", ""};
    case call_moment::hold_tone: return {"the hold tone", " ", ""};
    case call_moment::length_warning: return {"the agent was told that the call's time is nearly over", ": ", ""};
    case call_moment::rehearsal: return {"rehearsal of a failure", ": ", ""};
    case call_moment::crashed: return {"a part of the call crashed", ": ", ""};
    case call_moment::resumed: return {"the call was taken up again", ", ", ""};
    case call_moment::handed_over: return {"the call was handed over to another node", ": ", ""};
    case call_moment::tool: return {"the agent used a tool", ": ", ""};
    case call_moment::transfer: return {"the agent put the caller through", ": ", ""};
    case call_moment::fallback: return {"instead of the agent", ": ", ""};
    case call_moment::voicemail: return {"the caller left a message", " (", ")"};
    case call_moment::recording: return {"the call's recording", ": ", ""};
    case call_moment::ended: return {"the call ended", ": ", ""};
  }
  return {"something happened", ": ", ""};
}

/// The reason that a detail begins with: "agent_lost: reset by peer". Words behind it without a mark between are a
/// sentence, which may begin with the name of one: "closed by us".
std::optional<end_reason> leading_reason(std::string_view detail) noexcept {
  const auto end = std::find_if(detail.begin(), detail.end(), [](char c) { return (c < 'a' || c > 'z') && c != '_'; });
  if (end != detail.end() && *end != ':' && *end != ',') return std::nullopt;
  const auto name = detail.substr(0, static_cast<std::size_t>(end - detail.begin()));
  return find_named<end_reason>(name, end_reason_count);
}

std::string_view opening_of(const timeline_event& e) noexcept {
  const auto reason = leading_reason(e.detail);
  const bool failed = reason && after(*reason) != aftermath::hang_up;
  if (e.what == call_moment::agent_ended && failed) return "the agent's connection broke";
  if (e.what == call_moment::stream_ended && failed) return "the caller's stream broke";
  if (e.what == call_moment::signed_url && !e.detail.empty()) return "ElevenLabs gave no address for the conversation";
  return words_for(e.what).alone;
}

std::string seconds_between(time first, time at) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at - first).count();
  char text[32];
  std::snprintf(text, sizeof text, "%s%.2f", ms > 0 ? "+" : "", static_cast<double>(ms) / 1000);
  return text;
}

struct layout {
  std::string_view direction;
  std::size_t width;
};

void append_event(const timeline_event& e, std::string_view when, const layout& as, std::string& out) {
  out.append(as.width - std::min(as.width, when.size()), ' ');
  out += when;
  out += " s  ";
  append_one_line(of_person(as.direction, opening_of(e)), out);
  if (!e.detail.empty()) {
    const auto words = words_for(e.what);
    out += words.before;
    append_one_line(e.detail, out);
    out += words.after;
  }
  out += '\n';
}

/// Both legs write from their own threads: what is close together may be stored the other way round.
std::vector<const timeline_event*> in_order(const std::vector<timeline_event>& events) {
  std::vector<const timeline_event*> ordered;
  ordered.reserve(events.size());
  for (const auto& e : events) ordered.push_back(&e);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) { return a->at < b->at; });
  return ordered;
}

}  // namespace

timeline_end end_of(const std::vector<timeline_event>& events) {
  const auto ordered = in_order(events);
  const auto last = std::find_if(ordered.rbegin(), ordered.rend(), [](const auto* e) {
    return e->what == call_moment::ended || e->what == call_moment::refused;
  });
  if (last == ordered.rend()) return {};
  return {true, (*last)->what == call_moment::refused, leading_reason((*last)->detail)};
}

std::string in_plain_words(const std::vector<timeline_event>& events) {
  return in_plain_words(events, {});
}

std::string in_plain_words(const std::vector<timeline_event>& events, std::string_view direction) {
  if (events.empty()) return {};
  const auto ordered = in_order(events);
  const auto first = ordered.front()->at;
  const layout as{direction, std::max<std::size_t>(6, seconds_between(first, ordered.back()->at).size())};
  std::string out;
  for (const auto* e : ordered) append_event(*e, seconds_between(first, e->at), as, out);
  return out;
}

}  // namespace tonris::model
