#include <algorithm>
#include <sstream>

#include "tools/sim/elevenlabs/agent_messages.hpp"
#include "tools/sim/elevenlabs/conversation.hpp"
#include "tools/sim/wire/frames.hpp"

// The part of a conversation that is about who speaks when.
namespace tonris::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto tool_within = 10s;

/// The words of `text` that fit into `share` of it.
std::string heard_part(const std::string& text, double share) {
  std::istringstream words{text};
  std::string out, word;
  const auto limit = static_cast<std::size_t>(share * static_cast<double>(text.size()));
  while (words >> word && out.size() + word.size() + 1 <= limit) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out + "...";
}

}  // namespace

void conversation::caller_stopped() {
  if (speaker_.playing() || closing_ || mute_) return;  // spoken into a sentence that lets nobody in
  const bool scripted = next_turn_ < behaviour_.turns.size();
  if (!scripted && !behaviour_.otherwise) return;
  agent_turn turn;
  if (scripted)
    turn = behaviour_.turns[next_turn_++];
  else
    turn.say = *behaviour_.otherwise;
  const auto id = ++event_id_;
  if (behaviour_.tentative) send(say::user_transcript(turn.hear.substr(0, turn.hear.size() / 2), id, true));
  if (!turn.hear.empty()) {
    if (behaviour_.transcripts) send(say::user_transcript(turn.hear, id, false));
    line("user", turn.hear);
  }
  think_.after(behaviour_.think, [this, turn] { answer(turn); });
}

void conversation::ask_webhook(const agent_turn& turn) {
  hooks_.ask_tool(*turn.tool, [me = weak_from_this(), turn](const std::string& answer) {
    const auto self = me.lock();
    if (!self || self->ended_) return;
    self->record_.webhook_answers.push_back(answer);
    self->listener_.tool_answered(self->record_.facts, turn.tool->name, answer);
    self->speak(turn.say, turn.interruptible, [raw = self.get(), turn] { raw->turn_sent(turn); });
  });
}

void conversation::answer(const agent_turn& turn) {
  if (turn.tool && turn.tool->webhook && hooks_.ask_tool) return ask_webhook(turn);
  if (turn.tool && !turn.tool->webhook) {
    send(say::tool_call(*turn.tool, ++event_id_));
    if (turn.tool->expects_response) {
      waiting_tool_ = turn.tool->id;
      return think_.after(tool_within, [this, turn] {
        violate("tool_unanswered", turn.tool->name + " was not answered within 10 s");
        waiting_tool_.clear();
        speak(turn.say, turn.interruptible, [this, turn] { turn_sent(turn); });
      });
    }
  }
  speak(turn.say, turn.interruptible, [this, turn] { turn_sent(turn); });
}

void conversation::say(const utterance& what, bool interruptible) {
  speak(what, interruptible, [] {});
}

void conversation::speak(const utterance& what, bool interruptible, std::function<void()> sent) {
  if (closing_ || mute_) return;
  ++event_id_;
  said_ = what.text;
  interruptible_ = interruptible;
  if (behaviour_.odd_events) send(say::odd_event(odd_++));
  if (behaviour_.transcripts && !what.text.empty()) send(say::agent_response(what.text, event_id_));
  line("agent", what.text);
  const bool fails =
      behaviour_.failure.when == agent_failure::point::during_audio && utterances_ == behaviour_.failure.utterance;
  ++utterances_;
  auto sound = speech_.speech(what.sound, record_.facts);
  if (behaviour_.voice == agent_behaviour::sound::silent) std::ranges::fill(sound, silence);
  if (behaviour_.voice == agent_behaviour::sound::missing) sound.clear();
  speaker_.say(sound, event_id_, std::move(sent));
  if (fails) static_cast<void>(fails_at(agent_failure::point::during_audio));
}

void conversation::turn_sent(const agent_turn& turn) {
  if (behaviour_.odd_events) send(say::odd_event(odd_++));
  if (turn.end_call) return end_call();
  if (next_turn_ >= behaviour_.turns.size()) static_cast<void>(fails_at(agent_failure::point::after_turns));
}

/// What the agent still has to say is with the gateway, or with Twilio, and it must be played out.
void conversation::end_call() {
  send(say::end_call_request(event_id_));
  send(say::end_call_response(event_id_));
  if (!fails_at(agent_failure::point::after_end_call)) close(1000, {});
}

void conversation::interrupt() {
  if (closing_ || mute_ || !speaker_.playing()) return;
  ++record_.interruptions;
  const auto share = speaker_.heard();
  const auto stragglers = speaker_.cut(behaviour_.stragglers);
  send(say::interruption(event_id_));
  for (const auto& late : stragglers) send(late);
  const auto corrected = heard_part(said_, share);
  if (behaviour_.transcripts) send(say::correction(said_, corrected, event_id_));
  for (auto l = record_.transcript.rbegin(); l != record_.transcript.rend(); ++l) {
    if (l->role != "agent") continue;
    l->text = corrected;
    break;
  }
  listener_.interrupted(record_.facts);
}

void conversation::line(const std::string& role, const std::string& text) {
  if (record_.transcript.size() < 10'000) record_.transcript.push_back({role, text, since_open()});
  listener_.said(record_.facts, role, text);
}

}  // namespace tonris::sim
