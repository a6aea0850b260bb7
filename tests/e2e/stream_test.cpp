// The media stream's door and what bad input on it does: it ends that one call, with a counted reason.
#include <gtest/gtest.h>

#include "model/twilio_signature.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

std::optional<sim::agent_behaviour> quiet(const std::string&, std::uint64_t) {
  return quiet_agent();
}

std::string upgrade(const gateway_process& gateway, const std::string& path, const std::string& signature) {
  return raw_exchange(gateway.port(),
                      "GET " + path +
                          " HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n" +
                          (signature.empty() ? "" : "x-twilio-signature: " + signature + "\r\n") + "\r\n",
                      1000ms);
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
  std::string name, text, reason;
};

class BadStream : public testing::TestWithParam<bad_message> {};

TEST_P(BadStream, EndsItsCallWithItsReasonAndASentence) {
  world w(quiet);
  w.start_gateway();
  silent says;
  listener hears;
  auto options = w.caller();
  options.at_most = 15s;
  std::shared_ptr<sim::twilio_caller> caller;
  auto report = w.place(options, says, hears, &caller);
  ASSERT_TRUE(w.wait_until([&] { return !w.vendor().live().empty(); }, 10s));
  w.on_loop([&] { caller->send_raw(GetParam().text); });
  const auto got = report.get();
  EXPECT_EQ(got.spoken.size(), 1u);
  const auto record = w.record(got.call_sid);
  EXPECT_NE(record.find("\"endReason\":\"" + GetParam().reason + "\""), std::string::npos) << record;
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 5s)) << "the conversation still bills";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadStream,
    testing::Values(
        bad_message{"NotJson", "hello", "stream_protocol_error"},
        bad_message{"HalfAMessage", R"({"event":"media","media":{"payl)", "stream_protocol_error"},
        bad_message{"NoEvent", "{}", "stream_protocol_error"},
        bad_message{"DeepNesting", std::string(60'000, '['), "stream_protocol_error"},
        bad_message{"Oversize", std::string(70'000, 'x'), "stream_protocol_error"},
        bad_message{"BadUtf8", "\xff\xfe{}", "stream_protocol_error"},
        bad_message{
            "SecondStart",
            R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC00000000000000000000000000000001",)"
            R"("streamSid":"MZ00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001",)"
            R"("tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},)"
            R"("customParameters":{}},"streamSid":"MZ00000000000000000000000000000001"})",
            "stream_protocol_error"}),
    [](const auto& row) { return row.param.name; });

TEST(Stream, ThatBreaksAgainAndAgainEndsTheCallAndTheCallerHearsASentence) {
  world w(quiet);
  w.start_gateway();
  auto options = w.caller();
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
}

}  // namespace
}  // namespace tonris::e2e
