#include "tests/actors/leg/leg_fixture.hpp"

namespace tonris::actors::test {

caf::behavior listening_call(caf::event_based_actor*, std::shared_ptr<told_call> told) {
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
      [told](told_once, const hold_tone_changed&) {},
      [told](told_once, const hold_over&) { ++told->holds_over; },
      [told](told_once, const tool_called& m) { told->tools.push_back(m.request); },
      [told](told_once, const tool_given_up& m) { told->given_up.push_back(m.id); },
      [told](const agent_leg_ended& m) { told->agent_ended.push_back(m); },
  };
}

caf::behavior listening_leg::make_behavior() {
  return {
      [this](const agent_interrupted&) { ++heard_->interruptions; },
  };
}

void listening_leg::read(std::string_view) {}

void listening_leg::hear(std::string_view payload) {
  heard_->audio.emplace_back(payload);
}

void listening_leg::tick() {}

void listening_leg::drained() {}

void listening_leg::socket_has_ended(const net::websocket_end&) {}

void listening_leg::close(std::uint16_t) {}

LegTest::LegTest() = default;
LegTest::~LegTest() = default;

void LegTest::SetUp() {
  bridge->counters = std::make_shared<media_counters>();
  call = track(caf::actor{system.spawn(listening_call, told)});
  peer = track(spawn_on<listening_leg>(system, unit, heard));
  settle();
}

void LegTest::TearDown() {
  call = nullptr;
  peer = nullptr;
  subject = nullptr;
  ActorTest::TearDown();
}

std::string LegTest::ulaw(std::size_t bytes, std::uint8_t value) {
  return model::to_base64(std::vector<std::uint8_t>(bytes, value));
}

std::string twilio_start(const model::call_sid& of, const model::account_sid& by, int rate,
                         const model::stream_sid& stream) {
  return R"({"event":"start","sequenceNumber":"1","start":{"accountSid":")" + by.value + R"(","streamSid":")" +
         stream.value + R"(","callSid":")" + of.value +
         R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":)" + std::to_string(rate) +
         R"(,"channels":1},"customParameters":{}},"streamSid":")" + stream.value + R"("})";
}

std::string twilio_media(std::string_view payload, int chunk) {
  const std::string n = std::to_string(chunk);
  return R"({"event":"media","sequenceNumber":")" + std::to_string(chunk + 1) +
         R"(","media":{"track":"inbound","chunk":")" + n + R"(","timestamp":")" + std::to_string(20 * chunk) +
         R"(","payload":")" + std::string{payload} + R"("},"streamSid":")" + some_stream.value + R"("})";
}

std::string twilio_mark(std::string_view name) {
  return R"({"event":"mark","sequenceNumber":"97","streamSid":")" + some_stream.value + R"(","mark":{"name":")" +
         std::string{name} + R"("}})";
}

std::string twilio_key(char digit) {
  return R"({"event":"dtmf","streamSid":")" + some_stream.value +
         R"(","sequenceNumber":"41","dtmf":{"track":"inbound_track","digit":")" + digit + R"("}})";
}

std::string twilio_stop(const model::call_sid& of) {
  return R"({"event":"stop","sequenceNumber":"99","stop":{"accountSid":")" + some_account.value + R"(","callSid":")" +
         of.value + R"("},"streamSid":")" + some_stream.value + R"("})";
}

std::string media_out(std::string_view payload) {
  return R"({"event":"media","streamSid":")" + some_stream.value + R"(","media":{"payload":")" + std::string{payload} +
         R"("}})";
}

std::string mark_out(std::string_view name) {
  return R"({"event":"mark","streamSid":")" + some_stream.value + R"(","mark":{"name":")" + std::string{name} +
         R"("}})";
}

std::string clear_out() {
  return R"({"event":"clear","streamSid":")" + some_stream.value + R"("})";
}

std::string agent_metadata(std::string_view output, std::string_view input, std::string_view conversation) {
  return R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{"conversation_id":")" +
         std::string{conversation} + R"(","agent_output_audio_format":")" + std::string{output} +
         R"(","user_input_audio_format":")" + std::string{input} + R"("}})";
}

std::string agent_says(std::string_view payload, int event_id) {
  return R"({"type":"audio","audio_event":{"audio_base_64":")" + std::string{payload} + R"(","event_id":)" +
         std::to_string(event_id) + "}}";
}

std::string agent_interrupts(int event_id) {
  return R"({"type":"interruption","interruption_event":{"event_id":)" + std::to_string(event_id) + "}}";
}

std::string agent_ping(int event_id) {
  return R"({"type":"ping","ping_event":{"event_id":)" + std::to_string(event_id) + R"(,"ping_ms":null}})";
}

std::string agent_answers(std::string_view text) {
  return R"({"type":"agent_response","agent_response_event":{"agent_response":")" + std::string{text} +
         R"(","event_id":1}})";
}

std::string agent_ends_call() {
  return R"({"type":"agent_tool_response","agent_tool_response":{"tool_name":"end_call","tool_call_id":"b2",)"
         R"("tool_type":"system","is_error":false,"is_called":true,"event_id":6}})";
}

std::string agent_uses(std::string_view tool, std::string_view parameters, std::string_view id) {
  return R"({"type":"client_tool_call","client_tool_call":{"tool_name":")" + std::string{tool} +
         R"(","tool_call_id":")" + std::string{id} + R"(","parameters":)" + std::string{parameters} +
         R"(,"event_id":5,"expects_response":true}})";
}

std::string heard_by_agent(std::string_view payload) {
  return R"({"user_audio_chunk":")" + std::string{payload} + R"("})";
}

}  // namespace tonris::actors::test
