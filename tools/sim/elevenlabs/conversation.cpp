#include "tools/sim/elevenlabs/conversation.hpp"

#include "tools/sim/elevenlabs/agent_messages.hpp"

namespace tonris::sim {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto init_within = 10s;
constexpr auto gap_noted = 1s;
constexpr auto gap_fatal = 60s;
constexpr auto overdue_after = 2500ms;  // without metadata
constexpr auto ahead_allowed = 8s;      // what the gateway kept while we were not up yet, and some

model::audio_format announced_or(const std::string& name, model::audio_format otherwise) {
  return model::parse_audio_format(name).value_or(otherwise);
}

}  // namespace

conversation::conversation(net::loop& on, conversation_facts facts, agent_behaviour behaviour, speech_source& speech,
                           conversation_listener& listener, conversation_hooks hooks)
    : loop_(on),
      behaviour_(std::move(behaviour)),
      // What the official client assumes when the announcement is missing.
      input_(announced_or(behaviour_.input_format, model::audio_format::pcm_16000)),
      speech_(speech),
      listener_(listener),
      hooks_(std::move(hooks)),
      speaker_(on, behaviour_, announced_or(behaviour_.output_format, model::audio_format::pcm_16000),
               [this](const std::string& message) {
                 send(message);
                 listener_.agent_audio_sent(record_.facts, message);
               }),
      hearing_(input_),
      step_(on),
      think_(on),
      fail_timer_(on),
      ping_timer_(on),
      watch_(on),
      over_timer_(on) {
  record_.facts = std::move(facts);
  record_.bill = behaviour_.bill;
  record_.began = std::chrono::system_clock::now();
}

conversation::~conversation() {
  if (!socket_) return;
  socket_->detach();
  socket_->abort();
}

void conversation::begin(std::shared_ptr<net::websocket> socket, std::shared_ptr<wire> line) {
  socket_ = std::move(socket);
  line_ = std::move(line);
  opened_ = clock::now();
  socket_->start(*this);
  if (fails_at(agent_failure::point::on_open)) return;
  step_.after(init_within, [this] {
    violate("no_initiation", "nothing came within 10 s of the opening");
    close(1008, "initiation expected");
  });
}

// --- what the gateway says

void conversation::on_text(std::string_view message) {
  if (closing_) return;
  auto checked = check_client_message(message);
  if (!checked) return violate(checked.error().rule, checked.error().detail);
  if (!initiated_ && !std::holds_alternative<client_initiation>(*checked)) {
    violate("initiation_not_first", "the first message is not the initiation");
    return close(1008, "invalid message");
  }
  std::visit([this](auto& m) { take(std::move(m)); }, *checked);
}

void conversation::take(client_initiation&& init) {
  if (initiated_) return violate("second_initiation", "the initiation came twice");
  initiated_ = true;
  step_.cancel();
  record_.initiation = init.json;
  record_.facts.variables = init.variables;
  hooks_.initiated();
  for (auto& fault : init.faults) record_.violations.add(std::move(fault));
  if (init.format_keys) violate("format_override", "an audio format cannot be overridden");
  if (const auto why = refusal_of(init, behaviour_)) {
    send(say::error_nested(1008, why->error_type, why->message, {}));
    return close(1008, std::string_view{why->message}.substr(0, 120));
  }
  if (fails_at(agent_failure::point::before_metadata)) return;
  step_.after(behaviour_.metadata_delay, [this] { send_metadata(); });
}

void conversation::take(client_audio&& audio) {
  if (!live_) {
    if (record_.violations.count("audio_before_metadata") == 0)
      violate("audio_before_metadata", "audio came before the metadata told its format");
    return;
  }
  if (auto fault = fault_of_audio(audio, input_)) record_.violations.add(std::move(*fault));
  ++record_.audio_messages;
  record_.audio_bytes += audio.bytes.size();
  if (record_.first_audio_ms < 0) record_.first_audio_ms = since_open();
  last_audio_ = clock::now();
  in_gap_ = false;
  judge_pace();
  listener_.caller_audio(record_.facts, audio.bytes);
  if (behaviour_.deaf) return;
  for (const auto event : hearing_.feed(audio.bytes))
    if (event == vad::event::ended) caller_stopped();
  if (hearing_.talking() && hearing_.talking_for() >= behaviour_.barge_in_after && interruptible_ && speaker_.playing())
    interrupt();
}

void conversation::judge_pace() {
  const auto per_second = static_cast<double>(model::bytes_of_ms(input_, 1000));
  const std::chrono::duration<double> heard{static_cast<double>(record_.audio_bytes) / per_second};
  const std::chrono::duration<double> passed = clock::now() - live_since_;
  if (heard > passed + ahead_allowed && record_.violations.count("audio_too_fast") == 0)
    violate("audio_too_fast", "more audio than time has passed");
}

void conversation::take(client_pong&& pong) {
  if (pong.event_id != waiting_pong_) return violate("stray_pong", "event_id " + std::to_string(pong.event_id));
  const std::chrono::duration<double, std::milli> after = clock::now() - ping_sent_;
  waiting_pong_ = -1;
  ++record_.pongs;
  record_.slowest_pong_ms = std::max(record_.slowest_pong_ms, after.count());
  if (after > behaviour_.pong_within && !broken_) violate("late_pong", std::to_string(after.count()) + " ms");
}

void conversation::take(client_tool_result&& result) {
  const bool expected = result.id == waiting_tool_ && !waiting_tool_.empty();
  if (!expected) violate("stray_tool_result", "tool_call_id " + result.id.substr(0, 60));
  record_.tool_results.push_back(std::move(result));
  if (!expected) return;
  waiting_tool_.clear();
  const auto turn = behaviour_.turns[next_turn_ - 1];
  think_.after(0ms, [this, turn] { speak(turn.say, turn.interruptible, [this, turn] { turn_sent(turn); }); });
}

void conversation::take(client_text&& text) {
  const bool wants_an_answer = text.type == "user_message";
  auto& kept = wants_an_answer ? record_.user_messages : record_.contextual_updates;
  if (kept.size() < 10'000) kept.push_back(std::move(text.text));
  if (wants_an_answer && behaviour_.when_told)
    think_.after(behaviour_.think, [this] { speak(*behaviour_.when_told, true, [] {}); });
}

// --- going live

void conversation::send_metadata() {
  send(say::metadata(record_.facts.conversation_id, behaviour_.output_format, behaviour_.input_format));
  record_.metadata_ms = since_open();
  live_ = true;
  live_since_ = last_audio_ = clock::now();
  hooks_.began();
  listener_.live(record_.facts);
  ping();
  watch();
  if (!behaviour_.queue_for) return go_live();
  send(say::queue_status("waiting"));
  step_.after(*behaviour_.queue_for, [this] { admitted(); });
}

void conversation::admitted() {
  if (!behaviour_.queue_times_out) {
    send(say::queue_status("admitted"));
    return go_live();
  }
  send(say::queue_status("timed_out"));
  send(say::error_nested(1002, "concurrency", "No capacity in time", {}));
  close(1002, "queue timed out");
}

void conversation::go_live() {
  if (fails_at(agent_failure::point::after_metadata)) return;
  greet();
}

void conversation::greet() {
  if (behaviour_.greeting) speak(*behaviour_.greeting, true, [] {});
}

/// The first id is 0, where a gateway that tests it for truth says nothing.
void conversation::ping() {
  if (closing_ || mute_) return;
  if (waiting_pong_ >= 0 && !broken_ && !std::exchange(pong_missing_, true))
    violate("missing_pong", "ping " + std::to_string(waiting_pong_) + " was never answered");
  waiting_pong_ = ping_id_++;
  ping_sent_ = clock::now();
  ++record_.pings;
  send(say::ping(waiting_pong_, waiting_pong_ % 3 == 0 ? "null" : waiting_pong_ % 3 == 1 ? "" : "42"));
  ping_timer_.after(behaviour_.ping_every, [this] { ping(); });
}

void conversation::watch() {
  const auto quiet = clock::now() - last_audio_;
  const double ms = std::chrono::duration<double, std::milli>(quiet).count();
  if (quiet > gap_noted) record_.longest_gap_ms = std::max(record_.longest_gap_ms, ms);
  if (quiet > gap_noted && !std::exchange(in_gap_, true)) ++record_.audio_gaps;
  if (quiet > gap_fatal) {
    violate("no_user_input", "60 s without audio");
    send(say::error_nested(1002, "transport_receive_timeout", "No user input", {}));
    return close(1002, "transport_receive_timeout");
  }
  watch_.after(250ms, [this] { watch(); });
}

// --- the end

void conversation::close(std::uint16_t code, std::string_view reason) {
  if (closing_ || !socket_) return;
  closing_ = true;
  record_.ended_by = "agent";
  record_.close_code = code;
  socket_->close(code, reason);
}

void conversation::send_raw(std::string_view text) {
  send(std::string{text});
}

void conversation::on_end(const net::websocket_end& how) {
  if (std::exchange(ended_, true)) return;
  judge_end(how);
  closing_ = true;
  speaker_.cut(0);
  step_.cancel();
  think_.cancel();
  fail_timer_.cancel();
  ping_timer_.cancel();
  watch_.cancel();
  record_.ended_ms = since_open();
  record_.ended_at = clock::now();
  listener_.ended(record_);
  over_timer_.after(0ms, [this] { hooks_.over(); });
}

void conversation::judge_end(const net::websocket_end& how) {
  if (closing_) return;  // we began it
  record_.ended_by = "gateway";
  record_.close_code = how.close_code;
  if (broken_) return;
  if (how.why != net::errc::closed)
    return violate("socket_broken", "ended with " + std::string{net::to_string(how.why)});
  if (!proper_closes_.contains(how.close_code))
    violate("close_code", "the gateway closed with " + std::to_string(how.close_code));
}

void conversation::send(const std::string& message) {
  if (socket_ && !closing_ && !mute_) socket_->send(message);
}

bool conversation::is_overdue() const {
  return !live_ && clock::now() - opened_ > overdue_after;
}

double conversation::since_open() const {
  return std::chrono::duration<double, std::milli>(clock::now() - opened_).count();
}

}  // namespace tonris::sim
