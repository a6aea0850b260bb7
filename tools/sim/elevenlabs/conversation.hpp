#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/websocket.hpp"
#include "tools/sim/elevenlabs/agent_speaker.hpp"
#include "tools/sim/elevenlabs/strict.hpp"
#include "tools/sim/elevenlabs/vad.hpp"
#include "tools/sim/wire/wire.hpp"

namespace tonris::sim {

/// What came of one conversation. Times are ms since the socket was accepted, negative: never.
struct conversation_record {
  struct line {
    std::string role, text;
    double at_ms;
  };
  conversation_facts facts;
  std::string initiation;  ///< JSON, as it came
  std::vector<line> transcript;
  std::vector<std::string> contextual_updates, user_messages;
  std::vector<client_tool_result> tool_results;
  std::vector<std::string> webhook_answers;  ///< of tools over the webhook
  std::uint64_t audio_messages = 0, audio_bytes = 0, audio_gaps = 0, interruptions = 0, pings = 0, pongs = 0;
  double longest_gap_ms = 0, slowest_pong_ms = 0, metadata_ms = -1, first_audio_ms = -1, ended_ms = -1;
  std::chrono::system_clock::time_point began{};
  std::chrono::steady_clock::time_point ended_at{};
  std::string ended_by;  ///< gateway, agent
  std::uint16_t close_code = 0;
  violation_log violations;
  agent_bill bill{};
};

/// Told what happens in conversations, on the loop's thread. Must outlive the server.
class conversation_listener {
 public:
  virtual ~conversation_listener() = default;
  virtual void live(const conversation_facts&) {}  ///< metadata has been sent
  virtual void said(const conversation_facts&, const std::string& /*role*/, const std::string& /*text*/) {}
  virtual void interrupted(const conversation_facts&) {}
  /// A tool over the gateway's webhook; "": it was not answered.
  virtual void tool_answered(const conversation_facts&, const std::string& /*name*/, const std::string& /*answer*/) {}
  /// Audio of the caller as it came, in the announced input format.
  virtual void caller_audio(const conversation_facts&, std::span<const std::uint8_t>) {}
  virtual void agent_audio_sent(const conversation_facts&, const std::string& /*message*/) {}
  virtual void ended(const conversation_record&) {}
};

/// What a conversation tells its server: the initiation came and is in the record; the metadata went out; it has ended.
struct conversation_hooks {
  std::function<void()> initiated, began, over;
  /// A tool that the vendor asks the gateway for: `then` once, with the answer, while the server lives.
  std::function<void(const tool_use& tool, std::function<void(std::string answer)> then)> ask_tool{};
};

/// The agent's end of one conversation socket: plays its script, and judges every message of the gateway. Loop thread
/// only. Owner: its server, until `over`.
class conversation final : private net::websocket_handler, public std::enable_shared_from_this<conversation> {
 public:
  conversation(net::loop& on, conversation_facts facts, agent_behaviour behaviour, speech_source& speech,
               conversation_listener& listener, conversation_hooks hooks);
  ~conversation() override;
  conversation(const conversation&) = delete;
  conversation& operator=(const conversation&) = delete;

  /// `line` is what the socket stands on, where the network is to fail.
  void begin(std::shared_ptr<net::websocket> socket, std::shared_ptr<wire> line = nullptr);
  void close(std::uint16_t code, std::string_view reason);     ///< the vendor ends the session
  void drop();                                                 ///< TCP is cut
  void go_silent();                                            ///< nothing is sent any more, pings included
  void send_raw(std::string_view text);                        ///< any message, for tests
  void say(const utterance& what, bool interruptible = true);  ///< the agent speaks now
  void interrupt();                                            ///< the agent takes itself as interrupted now
  void end_call();  ///< the tool's events, then an orderly close, or what the script has instead
  [[nodiscard]] const conversation_record& record() const noexcept { return record_; }
  [[nodiscard]] bool agent_speaking() const { return speaker_.playing(); }
  [[nodiscard]] const std::shared_ptr<wire>& line() const noexcept { return line_; }
  /// Does it go on, on a line that lets the gateway end it?
  [[nodiscard]] bool stands() const noexcept { return !closing_ && !ended_ && !broken_; }
  /// Has it not begun for so long that the gateway may try another beside it?
  [[nodiscard]] bool is_overdue() const;

 private:
  void on_text(std::string_view message) override;
  void on_end(const net::websocket_end& how) override;
  void judge_end(const net::websocket_end& how);
  void take(client_initiation&& init);
  void take(client_audio&& audio);
  void take(client_pong&& pong);
  void take(client_tool_result&& result);
  void take(client_text&& text);
  void take(client_other&&) {}
  void judge_pace();

  void send(const std::string& message);
  void send_metadata();
  void admitted();
  void go_live();
  void greet();
  void ping();
  void watch();
  void caller_stopped();
  void answer(const agent_turn& turn);
  void ask_webhook(const agent_turn& turn);
  void speak(const utterance& what, bool interruptible, std::function<void()> sent);
  void turn_sent(const agent_turn& turn);
  void line(const std::string& role, const std::string& text);
  [[nodiscard]] bool fails_at(agent_failure::point when);  ///< and does it
  void fail();
  void break_line();
  void watch_line();
  void cut(const char* by);
  void violate(std::string rule, std::string detail) { record_.violations.add(std::move(rule), std::move(detail)); }
  [[nodiscard]] double since_open() const;

  net::loop& loop_;
  agent_behaviour behaviour_;
  model::audio_format input_;
  speech_source& speech_;
  conversation_listener& listener_;
  conversation_hooks hooks_;
  conversation_record record_;
  std::shared_ptr<net::websocket> socket_;
  std::shared_ptr<wire> line_;
  agent_speaker speaker_;
  vad hearing_;
  net::timer step_, think_, fail_timer_, ping_timer_, watch_, over_timer_;
  std::chrono::steady_clock::time_point opened_{}, last_audio_{}, ping_sent_{}, live_since_{};
  std::int64_t event_id_ = 0, ping_id_ = 0, waiting_pong_ = -1;
  std::string said_;  ///< the text of the sentence under way
  std::string waiting_tool_;
  std::size_t next_turn_ = 0, utterances_ = 0;
  std::uint64_t odd_ = 0;
  std::set<std::uint16_t> proper_closes_{1000};  ///< codes the gateway may end it with
  bool initiated_ = false, live_ = false, interruptible_ = true, closing_ = false, mute_ = false, in_gap_ = false,
       failing_ = false, pong_missing_ = false, broken_ = false, ended_ = false;
};

}  // namespace tonris::sim
