#include "tools/bench/agent_side.hpp"

#include <optional>
#include <utility>

#include "tools/bench/messages.hpp"

namespace tonris::bench {
namespace {

constexpr nanos ping_period = 2 * one_s;
constexpr std::string_view conversation_path = "/v1/convai/conversation";
constexpr std::string_view agents_path = "/v1/convai/agents/";
constexpr std::string_view signed_url_path = "/v1/convai/conversation/get-signed-url";

// What the one thread composes in, shared by all sessions.
std::string message;
std::string frame;
member_finder chunk_member{"\"user_audio_chunk\":\""};
member_finder payload_member{"\"payload\":\""};  // behind a relay

std::string_view target_of(const http_message& request) {
  const auto from = request.start_line.find(' ');
  if (from == std::string_view::npos) return {};
  const std::string_view rest = request.start_line.substr(from + 1);
  return rest.substr(0, rest.find(' '));
}

std::string answer_with(std::string_view status, std::string_view body) {
  std::string answer = "HTTP/1.1 ";
  answer += status;
  answer += "\r\nContent-Type: application/json\r\nContent-Length: ";
  answer += std::to_string(body.size());
  answer += "\r\n\r\n";
  answer += body;
  return answer;
}

}  // namespace

/// One connection: requests for signed URLs, or a conversation.
class agent_side::session final : public connection_user {
 public:
  session(agent_side& side, int fd) : side_(side), link_(std::make_unique<connection>(side.events_, *this)) {
    alive_ = link_->adopt(fd, side.plan_.tls);
  }
  ~session() { side_.events_.bury(std::move(link_)); }

  [[nodiscard]] bool alive() const noexcept { return alive_; }

  void send_frame(nanos due) {
    if (due < began_) return;  // the schedule runs late, and there was no conversation at that time
    if (!side_.plan_.quiet) send_audio(due);
    if (side_.plan_.behind_relay) return;
    if (due - last_ping_ >= ping_period) send_ping(due);
    if (side_.plan_.line_period > 0 && due >= next_line_) send_line();
  }

 private:
  enum class step { http, conversation };

  void on_open() override {}

  void on_data(std::span<char> bytes) override {
    if (step_ == step::conversation) return read_frames(bytes);
    const nanos began = now();
    http_.feed(bytes);
    while (step_ == step::http) {
      const auto request = http_.next();
      if (http_.bad()) return drop("a request to the agent side is not HTTP");
      if (!request) return;
      on_request(*request);
    }
    own_ += now() - began;
    std::string rest = http_.take_rest();
    if (!rest.empty()) read_frames(rest);
  }

  void on_closed(std::string_view) override { leave(); }

  void on_request(const http_message& request) {
    const nanos began = now();
    const std::string_view target = target_of(request);
    const std::string_view path = target.substr(0, target.find('?'));
    if (const auto key = request.header("sec-websocket-key")) {
      if (!side_.plan_.behind_relay && path != conversation_path) return refuse("404 Not Found", "unknown path");
      return upgrade(*key);
    }
    const bool asks_for_settings = path.starts_with(agents_path);
    if (path != signed_url_path && !asks_for_settings) return refuse("404 Not Found", "unknown path");
    if (request.header("xi-api-key").value_or("") != side_.plan_.api_key) {
      return refuse("401 Unauthorized", "wrong xi-api-key");
    }
    if (asks_for_settings) {
      link_->write(answer_with("200 OK", "{}"));
      side_.signing_time_ += now() - began;
      return;
    }
    const std::string origin =
        (side_.plan_.tls ? "wss://127.0.0.1:" : "ws://127.0.0.1:") + std::to_string(side_.port());
    agent_script::signed_url(message, origin, ++side_.signed_urls_);
    link_->write(answer_with("200 OK", message));
    side_.signing_time_ += now() - began;
  }

  void refuse(std::string_view status, std::string_view why) {
    side_.faults_.add(std::string{"agent side refused a request: "} + std::string{why});
    link_->write(answer_with(status, R"({"detail":{"status":"refused","message":"tonris-bench"}})"));
  }

  void upgrade(std::string_view key) {
    step_ = step::conversation;
    ++side_.open_;
    link_->write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_key(key) + "\r\n\r\n");
  }

  void read_frames(std::span<char> bytes) {
    const bool sound = reader_.feed(bytes, [this](opcode op, std::string_view text) { return on_message(op, text); });
    if (!sound && link_->is_open()) drop("a conversation broke the WebSocket protocol");
  }

  bool on_message(opcode op, std::string_view text) {
    switch (op) {
      case opcode::text: on_text(text); break;
      case opcode::ping: send(opcode::pong, text); break;
      case opcode::close:
        send(opcode::close, text.substr(0, 2));
        leave();
        return false;
      case opcode::pong: break;
      case opcode::binary:
      case opcode::continuation: side_.faults_.add("a conversation carried a binary message"); break;
    }
    return true;
  }

  void on_text(std::string_view text) {
    auto audio = (side_.plan_.behind_relay ? payload_member : chunk_member).in(text);
    if (audio.data() != nullptr) return on_audio(audio);
    if (text.find("\"pong\"") != std::string_view::npos) return on_pong(text);
    if (!call_ && text.find("\"connected\"") == std::string_view::npos) begin(text);
  }

  void on_audio(std::string_view audio) {
    // Without a CallSid in its first message a conversation is known by the first frame that it carries.
    if (!call_) {
      const auto s = read_stamp(audio);
      if (!s || !bind(s->call)) return side_.faults_.add("audio of a conversation that belongs to no call");
    }
    side_.frames_.arrived(*call_, direction::to_agent, audio);
  }

  /// The first message: the initiation data (behind a relay: Twilio's start), which names the call.
  void begin(std::string_view text) {
    const nanos began = now();
    const bool expected =
        side_.plan_.behind_relay || text.find("conversation_initiation_client_data") != std::string_view::npos;
    if (!expected) side_.faults_.add("a conversation began without initiation data");
    const auto call = side_.sids_.call_in(text);
    if (!side_.plan_.behind_relay) {
      agent_script::metadata(message, call.value_or(0));
      send(opcode::text, message);
    }
    if (!call || !bind(*call)) return side_.faults_.add("initiation data without the CallSid");
    last_ping_ = began_ = began;
    next_line_ = began + side_.plan_.line_period * *call_ / side_.plan_.calls;  // not all at once
    if (!side_.plan_.quiet) send_audio(now());
    side_.own_times_[*call_] += own_ + now() - began;
  }

  bool bind(std::uint64_t call) {
    if (call >= side_.conversations_.size()) return false;
    call_ = static_cast<std::uint32_t>(call);
    if (side_.conversations_[*call_] != nullptr) side_.faults_.add("a second conversation for one call");
    side_.conversations_[*call_] = this;
    return true;
  }

  void send_audio(nanos due) {
    agent_script::audio(message, 1, side_.frames_.next(*call_, direction::to_caller, due));
    send(opcode::text, message);
  }

  void send_ping(nanos due) {
    if (awaited_pong_) side_.faults_.add("a ping without a pong for two seconds");
    last_ping_ = due;
    awaited_pong_ = now();
    ++side_.pings_;
    agent_script::ping(message, next_ping_++);
    send(opcode::text, message);
  }

  void send_line() {
    next_line_ += side_.plan_.line_period;
    agent_script::user_transcript(message, ++next_line_number_);
    send(opcode::text, message);
  }

  void on_pong(std::string_view text) {
    const std::string expected = "\"event_id\":" + std::to_string(next_ping_ - 1) + '}';
    if (!awaited_pong_ || text.find(expected) == std::string_view::npos) {
      return side_.faults_.add("a pong that answers no ping");
    }
    side_.pong_times_.record(now() - *awaited_pong_);
    awaited_pong_.reset();
  }

  void send(opcode op, std::string_view text) {
    frame.clear();
    append_frame(frame, op, text, std::nullopt);
    link_->write(frame);
  }

  void drop(std::string_view why) {
    side_.faults_.add(why);
    leave();
  }

  /// Ends the session; it is freed with the connection's events. Nothing of it may be touched afterwards.
  void leave() {
    if (step_ == step::conversation) --side_.open_;
    if (call_ && side_.conversations_[*call_] == this) side_.conversations_[*call_] = nullptr;
    call_.reset();
    link_->close();
    step_ = step::http;
    side_.retire(this);
  }

  agent_side& side_;
  std::unique_ptr<connection> link_;
  bool alive_ = false;
  step step_ = step::http;
  http_reader http_;
  frame_reader reader_;
  std::optional<std::uint32_t> call_;
  nanos own_ = 0, began_ = 0, last_ping_ = 0, next_line_ = 0;
  std::uint64_t next_line_number_ = 0;
  std::uint64_t next_ping_ = 0;
  std::optional<nanos> awaited_pong_;
};

agent_side::agent_side(poller& events, traffic& frames, problems& faults, sid_book sids, agent_side_plan plan)
    : events_(events),
      frames_(frames),
      faults_(faults),
      sids_(sids),
      plan_(std::move(plan)),
      conversations_(plan_.calls),
      own_times_(plan_.calls) {}

agent_side::~agent_side() = default;

outcome<void> agent_side::listen() {
  auto made = acceptor::listen(events_, [this](int fd) {
    auto one = std::make_unique<session>(*this, fd);
    if (one->alive()) sessions_.emplace(one.get(), std::move(one));
  });
  if (!made) return failed(made.error());
  acceptor_ = std::move(*made);
  return {};
}

void agent_side::send_frame(std::uint32_t call, nanos due) {
  if (conversations_[call] != nullptr) conversations_[call]->send_frame(due);
}

nanos agent_side::own_time(std::uint32_t call) const noexcept {
  const auto urls = static_cast<nanos>(signed_urls_);
  return own_times_[call] + (urls == 0 ? 0 : signing_time_ / urls);
}

void agent_side::retire(session* one) {
  retired_.push_back(one);
}

void agent_side::sweep() {
  for (auto* one : std::exchange(retired_, {})) sessions_.erase(one);
}

}  // namespace tonris::bench
