#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/leg/agent_audio.hpp"
#include "actors/leg/goodbye.hpp"
#include "actors/leg/leg.hpp"
#include "actors/leg/tool_calls.hpp"
#include "model/call/supervision.hpp"
#include "model/call/vendor_close.hpp"
#include "model/elevenlabs/conversation.hpp"
#include "model/elevenlabs/last_turn.hpp"
#include "net/websocket_client.hpp"

namespace tonris::actors {

/// The caller hears a sentence within 3 s of the webhook when the agent cannot be reached: name, TCP, TLS and upgrade
/// have what is left of this after the signed URL was fetched, but never less than the least.
inline constexpr std::chrono::milliseconds agent_reached_limit{2800};
inline constexpr std::chrono::milliseconds least_connect_limit{600};
inline constexpr std::chrono::milliseconds most_connect_limit{2000};
inline constexpr std::chrono::seconds agent_quiet_limit{30};  ///< not even a ping: dead
/// For its answer to our close: within a second of the call's end nothing of it bills any more.
inline constexpr std::chrono::milliseconds agent_close_limit{800};
inline constexpr std::size_t agent_socket_bytes = 16 * 1024;  ///< of the caller's audio in the socket's own queue

/// The agent leg: opens one conversation at ElevenLabs, sends it the caller's frames (kept ones first, silence when
/// they pause) and hands its audio to the caller leg, both as agent_audio makes them. A socket that does not take the
/// caller's audio gets it later, the newest five seconds of it, and is given up then. Loop-bound. Tells its call what
/// happened, its last word being agent_leg_ended; ends when its call ends. An exception here ends this leg only.
/// Of two that are tried beside each other the one whose metadata comes first is the call's; the other closes.
class agent_leg final : public leg, private tool_calls::listener {
 public:
  struct config : leg_config {
    std::string url;  ///< signed; dialled verbatim, never logged
    model::elevenlabs::initiation initiation;
    std::string said_so_far;          ///< told the agent first; "": this is the call's first conversation
    bool expects_transcripts = true;  ///< the agent is known to send what it hears
    std::chrono::milliseconds connect_limit = most_connect_limit;                   ///< name, TCP, TLS and upgrade
    std::chrono::milliseconds ready_limit = model::supervision::agent_ready_limit;  ///< all that, and the metadata
  };

  agent_leg(caf::actor_config& actor, config given);
  [[nodiscard]] const char* name() const override { return "tonris.elevenlabs_socket"; }
  caf::behavior make_behavior() override;
  void on_exit() override;
  void read(std::string_view text) override;
  void hear(std::string_view payload) override;
  void tick() override;
  void drained() override;

 private:
  enum class phase : std::uint8_t { connecting, before_metadata, live, closing };

  // opening
  void connect();
  void on_connected(net::result<std::shared_ptr<net::websocket>> socket);
  void no_metadata_came();
  void go_live();

  // from the agent
  void on_audio(std::string_view payload, std::int64_t event_id);
  void to_caller(std::string_view ulaw);
  void on(model::elevenlabs::metadata& m);
  void on(model::elevenlabs::audio& m) { on_audio(m.payload, m.event_id); }
  void on(model::elevenlabs::interruption& m);
  void on(model::elevenlabs::ping& m);
  void on(model::elevenlabs::user_transcript& m);
  void on(model::elevenlabs::agent_response& m);
  void on(model::elevenlabs::agent_response_correction& m);
  void on(model::elevenlabs::agent_response_complete&) {}
  void on(model::elevenlabs::client_tool_call& m) { tools_.asked(m, clock().now()); }
  void on(model::elevenlabs::agent_tool_request& m) { tools_.asked(m, clock().now()); }
  void on(model::elevenlabs::agent_tool_response& m);
  void on(model::elevenlabs::mcp_tool_call& m) { tools_.asked(m); }
  void on(model::elevenlabs::vad_score&) { bridge().hearing.sign_of_hearing(); }
  void on(model::elevenlabs::queue_status& m);
  void on(model::elevenlabs::failure&) {}  // what follows tells what it means
  void on(model::elevenlabs::other&) {}
  void on(model::elevenlabs::unknown&);

  // the tools it asks for
  void tool_is_called(model::tool_request request) override { tell_once(tool_called{std::move(request)}); }
  void tool_is_given_up(std::string id, std::string name) override {
    tell_once(tool_given_up{std::move(id), std::move(name)});
  }
  void send_to_agent(std::string_view message) override { socket().send(message); }
  void on(const answer_tool& answer);

  // to the agent
  void on(const expect_transcripts&);
  void on(const tell_agent& update);
  void on(const prompt_agent& words);
  void on(const ask_for_goodbye& wanted);
  void say(std::string_view payload);  // a frame of the caller's
  void say_waiting();
  /// One message, as `append` writes it: append(…, text).
  template <class Append>
  void send_text(Append append);

  // the end
  void begin_goodbye();
  void await_close();
  void play_rest();
  void finish();
  void fail(model::end_reason reason, std::string_view detail);
  void close(std::uint16_t code) override;
  void fall_silent() override { audio_.fall_silent(); }
  void socket_has_ended(const net::websocket_end& how) override;

  // given
  config config_;  // its leg_config is the leg's by now

  // owned
  std::unique_ptr<net::websocket_connect> attempt_;

  // the conversation
  phase phase_ = phase::connecting;
  agent_audio audio_;
  tool_calls tools_;
  model::last_turn last_turn_;
  std::optional<goodbye> goodbye_;  // the agent used end_call
  model::last_error error_;         // the error frame that may precede the end
  bool congested_ = false;
  std::string text_;  // scratch of outgoing messages, reused
};

}  // namespace tonris::actors
