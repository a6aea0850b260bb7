#pragma once

#include "actors/leg/agent_leg.hpp"
#include "actors/leg/caller_leg.hpp"
#include "actors/leg/media_bridge.hpp"
#include "model/text/base64.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {

/// What a leg told its call.
struct told_call {
  std::vector<model::twilio::start> started;
  std::string keys;
  std::vector<caller_leg_ended> caller_ended;
  int played_out = 0, agent_connected = 0, interruptions = 0, goodbyes = 0, last_turns = 0;
  std::vector<agent_ready> ready;
  std::vector<bool> waiting;
  std::vector<transcript_line> lines;
  std::vector<transcript_correction> corrections;
  std::vector<agent_leg_ended> agent_ended;
};

/// A call that only listens.
inline caf::behavior listening_call(caf::event_based_actor*, std::shared_ptr<told_call> told) {
  return {
      [told](const stream_started& m) { told->started.push_back(m.start); },
      [told](told_once, const key_pressed& m) { told->keys += m.digit; },
      [told](const caller_leg_ended& m) { told->caller_ended.push_back(m); },
      [told](const played_out&) { ++told->played_out; },
      [told](told_once, const agent_connected&) { ++told->agent_connected; },
      [told](const agent_ready& m) { told->ready.push_back(m); },
      [told](told_once, const agent_queue& m) { told->waiting.push_back(m.waiting); },
      [told](told_once, const transcript_line& m) { told->lines.push_back(m); },
      [told](told_once, const transcript_correction& m) { told->corrections.push_back(m); },
      [told](told_once, const interrupted&) { ++told->interruptions; },
      [told](told_once, const last_turn_over&) { ++told->last_turns; },
      [told](told_once, const agent_goodbye&) { ++told->goodbyes; },
      [told](const agent_leg_ended& m) { told->agent_ended.push_back(m); },
  };
}

/// What the leg on the other side of the bridge heard.
struct heard_by_peer {
  std::vector<std::string> audio;  ///< of the leg under test
  int interruptions = 0;
};

class listening_leg final : public leg {
 public:
  listening_leg(caf::actor_config& config, std::shared_ptr<heard_by_peer> heard)
      : leg(config), heard_(std::move(heard)) {}
  caf::behavior make_behavior() override {
    return {
        [this](const agent_interrupted&) { ++heard_->interruptions; },
    };
  }
  void read(std::string_view) override {}
  void hear(std::string_view payload) override { heard_->audio.emplace_back(payload); }
  void tick() override {}
  void drained() override {}

 private:
  void repeat_beginning() override {}
  void repeat_end() override {}
  std::shared_ptr<heard_by_peer> heard_;
};

/// One leg under test, with a call and another leg that only listen.
class LegTest : public ActorTest {
 protected:
  void SetUp() override {
    bridge->counters = std::make_shared<media_counters>();
    call = track(caf::actor{system.spawn(listening_call, told)});
    peer = track(spawn_on<listening_leg>(system, unit, heard));
    settle();
  }
  void TearDown() override {
    call = nullptr;
    peer = nullptr;
    subject = nullptr;
    ActorTest::TearDown();
  }

  /// `bytes` of mu-law as Base64.
  static std::string ulaw(std::size_t bytes, std::uint8_t value = 0x55) {
    return model::to_base64(std::vector<std::uint8_t>(bytes, value));
  }

  std::shared_ptr<told_call> told = std::make_shared<told_call>();
  std::shared_ptr<heard_by_peer> heard = std::make_shared<heard_by_peer>();
  std::shared_ptr<media_bridge> bridge = std::make_shared<media_bridge>();
  std::shared_ptr<fake_websocket> socket;
  caf::actor call, peer, subject;
};

// --- what Twilio says ---

inline std::string twilio_start(const model::call_sid& of = some_call, const model::account_sid& by = some_account,
                                int rate = 8000, const model::stream_sid& stream = some_stream) {
  return R"({"event":"start","sequenceNumber":"1","start":{"accountSid":")" + by.value + R"(","streamSid":")" +
         stream.value + R"(","callSid":")" + of.value +
         R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":)" + std::to_string(rate) +
         R"(,"channels":1},"customParameters":{}},"streamSid":")" + stream.value + R"("})";
}
inline std::string twilio_media(std::string_view payload, int chunk = 1) {
  const std::string n = std::to_string(chunk);
  return R"({"event":"media","sequenceNumber":")" + std::to_string(chunk + 1) +
         R"(","media":{"track":"inbound","chunk":")" + n + R"(","timestamp":")" + std::to_string(20 * chunk) +
         R"(","payload":")" + std::string{payload} + R"("},"streamSid":")" + some_stream.value + R"("})";
}
inline std::string twilio_mark(std::string_view name) {
  return R"({"event":"mark","sequenceNumber":"97","streamSid":")" + some_stream.value + R"(","mark":{"name":")" +
         std::string{name} + R"("}})";
}
inline std::string twilio_key(char digit) {
  return R"({"event":"dtmf","streamSid":")" + some_stream.value +
         R"(","sequenceNumber":"41","dtmf":{"track":"inbound_track","digit":")" + digit + R"("}})";
}
inline std::string twilio_stop(const model::call_sid& of = some_call) {
  return R"({"event":"stop","sequenceNumber":"99","stop":{"accountSid":")" + some_account.value + R"(","callSid":")" +
         of.value + R"("},"streamSid":")" + some_stream.value + R"("})";
}

// --- what we say to Twilio ---

inline std::string media_out(std::string_view payload) {
  return R"({"event":"media","streamSid":")" + some_stream.value + R"(","media":{"payload":")" + std::string{payload} +
         R"("}})";
}
inline std::string mark_out(std::string_view name) {
  return R"({"event":"mark","streamSid":")" + some_stream.value + R"(","mark":{"name":")" + std::string{name} +
         R"("}})";
}
inline std::string clear_out() {
  return R"({"event":"clear","streamSid":")" + some_stream.value + R"("})";
}

// --- what the agent says ---

inline std::string agent_metadata(std::string_view output = "ulaw_8000", std::string_view input = "ulaw_8000",
                                  std::string_view conversation = "conv_1") {
  return R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{"conversation_id":")" +
         std::string{conversation} + R"(","agent_output_audio_format":")" + std::string{output} +
         R"(","user_input_audio_format":")" + std::string{input} + R"("}})";
}
inline std::string agent_says(std::string_view payload, int event_id = 1) {
  return R"({"type":"audio","audio_event":{"audio_base_64":")" + std::string{payload} + R"(","event_id":)" +
         std::to_string(event_id) + "}}";
}
inline std::string agent_interrupts(int event_id) {
  return R"({"type":"interruption","interruption_event":{"event_id":)" + std::to_string(event_id) + "}}";
}
inline std::string agent_ping(int event_id) {
  return R"({"type":"ping","ping_event":{"event_id":)" + std::to_string(event_id) + R"(,"ping_ms":null}})";
}
inline std::string agent_answers(std::string_view text) {
  return R"({"type":"agent_response","agent_response_event":{"agent_response":")" + std::string{text} +
         R"(","event_id":1}})";
}
inline std::string agent_ends_call() {
  return R"({"type":"agent_tool_response","agent_tool_response":{"tool_name":"end_call","tool_call_id":"b2",)"
         R"("tool_type":"system","is_error":false,"is_called":true,"event_id":6}})";
}

// --- what we say to the agent ---

inline std::string heard_by_agent(std::string_view payload) {
  return R"({"user_audio_chunk":")" + std::string{payload} + R"("})";
}

}  // namespace tonris::actors::test
