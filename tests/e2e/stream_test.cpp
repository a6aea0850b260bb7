// The media stream's door and what bad input on it does: it ends that one stream, and the call gets another.
#include <gtest/gtest.h>

#include "model/twilio/signature.hpp"
#include "net/websocket_frame.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

std::optional<sim::agent_behaviour> quiet(const std::string&, std::uint64_t) {
  return quiet_agent();
}

/// What the gateway says to an upgrade, and to the frames that follow it.
std::string upgrade(const gateway_process& gateway, const std::string& path, const std::string& signature,
                    const std::string& frames = {}) {
  return raw_exchange(gateway.port(),
                      "GET " + path +
                          " HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n" +
                          (signature.empty() ? "" : "x-twilio-signature: " + signature + "\r\n") + "\r\n" + frames,
                      1000ms);
}

std::string frame(net::opcode what, std::string payload) {
  const net::mask_key key{'m', 'a', 's', 'k'};
  net::apply_mask(payload, key);
  return std::string{net::make_frame_header(what, payload.size(), key).view()} + payload;
}

std::string right_signature(const gateway_process& gateway, const std::string& path) {
  return model::twilio::signature(auth_token, "ws" + gateway.origin().substr(4) + path, {});
}

/// The ticket of a fresh call.
std::string ticket_path(world& w, const std::string& call_sid) {
  std::string body;
  bool answered = false;
  w.post_webhook(call_sid, [&](sim::webhook_poster::answer got) {
    body = std::move(got.body);
    answered = true;
  });
  EXPECT_TRUE(w.wait_until([&] { return answered; }, 5s));
  const auto at = body.find("/media-stream/");
  return at == std::string::npos ? "" : body.substr(at, body.find('"', at) - at);
}

TEST(StreamDoor, RefusesBeforeTheUpgrade) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  const auto path = ticket_path(w, "CA000000000000000000000000000000a1");
  ASSERT_EQ(path.size(), std::string{"/media-stream/"}.size() + 32);
  EXPECT_TRUE(upgrade(gateway, path, "").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(upgrade(gateway, path, "wrong").starts_with("HTTP/1.1 403"));
  const std::string unknown = "/media-stream/00000000000000000000000000000000";
  EXPECT_TRUE(upgrade(gateway, unknown, right_signature(gateway, unknown)).starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(upgrade(gateway, path, right_signature(gateway, path)).starts_with("HTTP/1.1 101"));
  EXPECT_TRUE(upgrade(gateway, path, right_signature(gateway, path)).starts_with("HTTP/1.1 4")) << "used once already";
}

TEST(StreamDoor, TakesTheSlashThatTwilioMayAdd) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  const auto path = ticket_path(w, "CA000000000000000000000000000000a2");
  EXPECT_TRUE(upgrade(gateway, path, right_signature(gateway, path + "/")).starts_with("HTTP/1.1 101"));
}

struct bad_message {
  std::string name, text;
};

/// Twilio's opening of a stream, for that call.
std::string opening_of(const std::string& call_sid) {
  return frame(net::opcode::text, R"({"event":"connected","protocol":"Call","version":"1.0.0"})") +
         frame(net::opcode::text,
               R"({"event":"start","sequenceNumber":"1","start":{"accountSid":")" + account_sid +
                   R"(","streamSid":"MZ00000000000000000000000000000001","callSid":")" + call_sid +
                   R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,)"
                   R"("channels":1},"customParameters":{}},"streamSid":"MZ00000000000000000000000000000001"})");
}

TEST(StreamDoor, ClosesWhatBeginsWrongly) {
  const std::string media =
      R"({"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"//8="},)"
      R"("streamSid":"MZ00000000000000000000000000000001"})";
  const std::string sid = "CA000000000000000000000000000000a3", another = "CA000000000000000000000000000000a4";
  struct row {
    const char* name;
    std::string frames;
    std::uint16_t close_code;
  };
  for (const auto& [name, frames, code] : {row{"media before start", frame(net::opcode::text, media), 1008},
                                           row{"start for another call", opening_of(another), 1008},
                                           row{"binary", opening_of(sid) + frame(net::opcode::binary, media), 1003}}) {
    world w(quiet);
    auto& gateway = w.start_gateway();
    const auto path = ticket_path(w, sid);
    const auto answer = upgrade(gateway, path, right_signature(gateway, path), frames);
    ASSERT_TRUE(answer.starts_with("HTTP/1.1 101")) << name;
    const char close[] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    EXPECT_NE(answer.find(std::string{close, 2}, answer.find("\r\n\r\n")), std::string::npos) << name;
    EXPECT_TRUE(gateway.metric_comes_to("tonris_streams_dropped_total", 1)) << name;
    EXPECT_EQ(gateway.metric("tonris_calls_live"), 1) << name << ": Twilio may ask for another stream";
  }
}

class BadStream : public testing::TestWithParam<bad_message> {};

TEST_P(BadStream, IsGivenUpForANewOneAndTheConversationGoesOn) {
  world w(quiet);
  w.start_gateway();
  silent says;
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 2500ms;
  options.at_most = 15s;
  std::shared_ptr<sim::twilio_caller> caller;
  auto report = w.place(options, says, hears, &caller);
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 10s));
  w.on_loop([&] { caller->send_raw(GetParam().text); });
  const auto got = report.get();
  EXPECT_TRUE(got.spoken.empty());
  EXPECT_EQ(got.streams.size(), 2u);
  const auto record = w.record(got.call_sid);
  EXPECT_NE(record.find(R"("endReason":"caller_hung_up")"), std::string::npos) << record;
  EXPECT_EQ(record.find("conversationId"), record.rfind("conversationId")) << "one conversation: " << record;
  EXPECT_NE(w.events(got.call_sid).find("stream_protocol_error"), std::string::npos);
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 5s)) << "the conversation still bills";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadStream,
    testing::Values(
        bad_message{"NotJson", "hello"}, bad_message{"HalfAMessage", R"({"event":"media","media":{"payl)"},
        bad_message{"NoEvent", "{}"}, bad_message{"DeepNesting", std::string(60'000, '[')},
        bad_message{"Oversize", std::string(70'000, 'x')}, bad_message{"BadUtf8", "\xff\xfe{}"},
        bad_message{
            "SecondStart",
            R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC00000000000000000000000000000001",)"
            R"("streamSid":"MZ00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001",)"
            R"("tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},)"
            R"("customParameters":{}},"streamSid":"MZ00000000000000000000000000000001"})"}),
    [](const auto& row) { return row.param.name; });

TEST(Stream, ThatBreaksAgainAndAgainEndsTheCallAndTheCallerHearsASentence) {
  world w(quiet);
  w.start_gateway();
  auto options = w.caller();
  options.stream_setup = 0ms;
  options.faults.drops = {{600ms}, {1200ms}, {1800ms}, {2400ms}};
  options.at_most = 15s;
  const auto report = w.call(options);
  EXPECT_EQ(report.streams.size(), 4u) << "three new ones, and no more";
  EXPECT_EQ(report.spoken.size(), 1u);
  EXPECT_NE(w.record(report.call_sid).find(R"("endReason":"stream_lost")"), std::string::npos);
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s));
}

TEST(Stream, OfUnknownEventsGoesOn) {
  world w(quiet);
  auto& gateway = w.start_gateway();
  silent says;
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 2s;
  std::shared_ptr<sim::twilio_caller> caller;
  auto report = w.place(options, says, hears, &caller);
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 10s));
  w.on_loop([&] { caller->send_raw(R"({"event":"weather","weather":{"sun":true}})"); });
  EXPECT_TRUE(report.get().violations.empty());
  const auto metrics = raw_exchange(gateway.port(), "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(metrics.find(R"(tonris_unknown_messages_total{wire="twilio"} 1)"), std::string::npos);
  EXPECT_TRUE(gateway.log_says("Twilio sends messages of a type that this version ignores: weather"));
}

}  // namespace
}  // namespace tonris::e2e
