#include "tools/bench/caller.hpp"

#include <utility>

namespace tonris::bench {
namespace {

// What the one thread composes in, shared by all callers.
std::string message;
std::string frame;
std::uint64_t mask_state = 0x853c49e6748fea9b;
// Both wires' names for audio: through a relay the agent's own messages arrive.
member_finder payload_member{"\"payload\":\""};
member_finder agent_audio_member{"\"audio_base_64\":\""};
member_finder mark_name_member{"\"name\":\""};

std::uint32_t next_mask() noexcept {
  mask_state ^= mask_state << 13;
  mask_state ^= mask_state >> 7;
  mask_state ^= mask_state << 17;
  return static_cast<std::uint32_t>(mask_state >> 16);
}

}  // namespace

caller::caller(caller_surroundings& around, std::uint32_t call)
    : around_(around), call_(call), script_(around.sids.call_sid(call), around.sids.stream_sid(call)) {}

void caller::begin() {
  parameters_ = "{}";
  step_ = around_.with_webhook ? step::webhook : step::upgrade;
  if (!around_.with_webhook) url_ = around_.target.origin + "/media-stream/bench";
  dial();
}

void caller::dial() {
  if (link_) link_->close();
  around_.events.bury(std::move(link_));
  http_ = {};
  link_ = std::make_unique<connection>(around_.events, *this);
  if (!link_->dial(around_.target.port, around_.tls)) give_up("a connection cannot be opened");
}

void caller::on_open() {
  if (step_ == step::webhook) {
    const std::string request = voice_webhook(around_.target, around_.sids.call_sid(call_));
    asked_at_ = now();
    return link_->write(request);
  }
  const std::string request = stream_upgrade(around_.target, url_);
  if (!around_.with_webhook) asked_at_ = now();
  link_->write(request);
}

void caller::on_data(std::span<char> bytes) {
  if (step_ == step::talking || step_ == step::leaving) return read_frames(bytes);
  http_.feed(bytes);
  const auto answer = http_.next();
  if (http_.bad()) return give_up("an answer is not HTTP");
  if (!answer) return;
  if (step_ == step::webhook) {
    if (answer->status() != 200) return give_up("webhook answered " + std::to_string(answer->status()));
    url_ = stream_url_in(answer->body).value_or("");
    parameters_ = stream_parameters_in(answer->body);
    return on_twiml();
  }
  if (answer->status() != 101) return give_up("stream upgrade answered " + std::to_string(answer->status()));
  if (answer->header("sec-websocket-accept").value_or("") != accept_key(websocket_key)) {
    return give_up("stream upgrade with a wrong Sec-WebSocket-Accept");
  }
  on_upgraded();
}

void caller::on_twiml() {
  if (url_.empty()) return give_up("webhook answered TwiML without a stream");
  step_ = step::upgrade;
  dial();
}

void caller::on_upgraded() {
  step_ = step::talking;
  stream_began_ = now();
  std::string rest = http_.take_rest();
  script_.connected(message);
  send(opcode::text, message);
  script_.start(message, parameters_);
  send(opcode::text, message);
  if (!rest.empty()) read_frames(rest);
}

void caller::send_frame(nanos due) {
  if (due < stream_began_) return;  // the schedule runs late, and there was no stream at that time
  const auto audio = around_.frames.next(call_, direction::to_agent, due);
  script_.media(message, (due - stream_began_) / one_ms, audio);
  send(opcode::text, message);
}

void caller::send(opcode op, std::string_view text) {
  frame.clear();
  append_frame(frame, op, text, next_mask());
  link_->write(frame);
}

void caller::read_frames(std::span<char> bytes) {
  const bool sound = frames_in_.feed(bytes, [this](opcode op, std::string_view text) { return on_message(op, text); });
  if (!sound && step_ != step::over) give_up("a stream broke the WebSocket protocol");
}

bool caller::on_message(opcode op, std::string_view text) {
  switch (op) {
    case opcode::text: on_text(text); break;
    case opcode::ping: send(opcode::pong, text); break;
    case opcode::close:
      if (step_ == step::talking) around_.faults.add("a stream was closed by the gateway");
      if (step_ == step::talking) send(opcode::close, text.substr(0, 2));
      step_ = step::over;
      link_->close();
      return false;
    case opcode::pong: break;
    case opcode::binary:
    case opcode::continuation: around_.faults.add("a stream carried a binary message"); break;
  }
  return true;
}

void caller::on_text(std::string_view text) {
  auto audio = payload_member.in(text);
  if (audio.data() == nullptr) audio = agent_audio_member.in(text);
  if (audio.data() != nullptr) {
    if (first_audio_at_ == 0) first_audio_at_ = now();
    return around_.frames.arrived(call_, direction::to_caller, audio);
  }
  if (text.find("\"mark\"") == std::string_view::npos) return;  // `clear` drops what is queued, and nothing is
  const std::string name{mark_name_member.in(text)};            // audio comes in real time: played when it arrives
  script_.mark(message, name);
  send(opcode::text, message);
}

void caller::hang_up() {
  if (step_ != step::talking) {
    if (link_) link_->close();
    step_ = step::over;
    return;
  }
  script_.stop(message);
  send(opcode::text, message);
  send(opcode::close, "\x03\xe8");
  step_ = step::leaving;
}

void caller::on_closed(std::string_view why) {
  if (step_ == step::leaving) {
    step_ = step::over;
    return;
  }
  give_up(why);
}

void caller::give_up(std::string_view why) {
  constexpr const char* where[] = {"idle", "webhook", "stream upgrade", "stream", "end of a stream", "over"};
  around_.faults.add(std::string{where[static_cast<std::size_t>(step_)]} + ": " + std::string{why});
  step_ = step::over;
  if (link_) link_->close();
}

}  // namespace tonris::bench
