// What ElevenLabs asks before and during a call, and tells after it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>

#include "model/tracing/trace_context.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/manual.hpp"
#include "tests/e2e/tenant_server.hpp"
#include "tests/e2e/text.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class VendorCallbacks : public CallbackTest {};

TEST_F(VendorCallbacks, AnswerAnAgentAndEndInTheCallsRecordOnceInWhateverOrderTheyCome) {
  start(one_tenant(tools(R"("get_services":{"static":{"services":["cut","colour"]}})")));
  std::vector<std::function<void(const talking&)>> told{
      [&](const talking& of) { EXPECT_TRUE(has(post_call(transcription(of.conversation, of.sid)), " 200 ")); },
      [&](const talking& of) { EXPECT_TRUE(has(post_call(audio(of.conversation, 300'000)), " 200 ")); },
      [&](const talking& of) {
        EXPECT_TRUE(has(tool("get_services",
                             R"({"tool_call_id":"t1","parameters":{},"conversation_id":")" + of.conversation + "\"}"),
                        R"({"services":["cut","colour"]})"));
      },
  };
  std::vector<std::size_t> order{0, 1, 2};
  do {
    for (const bool before_its_end : {true, false}) {
      auto call = talk();
      if (!before_its_end) hang_up(call);
      for (int twice = 0; twice < 2; ++twice)
        for (const auto n : order) told[n](call);
      if (before_its_end) hang_up(call);
      const auto record = w.record(call.sid, R"("audioBytes":300000)");
      EXPECT_TRUE(has(record, R"("durationSeconds":62,"credits":410,"price":0.103334,"successful":"success",)"
                              R"("summary":"A haircut.")"))
          << record;
      EXPECT_TRUE(has(record, R"("elevenLabs":{"amount":0.103334,"currency":"USD","final":true)")) << record;
      EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
      EXPECT_EQ(record.find(R"("name":"get_services")"), record.rfind(R"("name":"get_services")")) << record;
      EXPECT_EQ(record.find(R"("summary")"), record.rfind(R"("summary")")) << record;
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(VendorCallbacks, AreKeptOverAKillOnceTheyAreAnsweredAndAreTheSameWhenToldAgain) {
  auto& gateway = start(one_tenant());
  auto call = talk();
  hang_up(call);
  ASSERT_TRUE(has(w.record(call.sid), R"("endReason")"));
  ASSERT_TRUE(has(post_call(transcription(call.conversation, call.sid)), " 200 "));
  gateway.kill();
  gateway.start_again();
  EXPECT_TRUE(has(w.record(call.sid, R"("summary")"), R"("summary":"A haircut.")"));
  ASSERT_TRUE(has(post_call(transcription(call.conversation, call.sid)), " 200 ")) << "told again";
  EXPECT_EQ(gateway.metric(R"(tonris_callbacks_kept_total{outcome="known"})"), 1);
}

/// The vendor itself, at its worst: a wrong signature first, then the sound before the text, each twice.
TEST_F(VendorCallbacks, OfABadlyBehavedVendorComeToTheSameRecord) {
  auto& gateway = start(one_tenant());
  sim::callback_options how;
  how.origin = gateway.origin();
  how.secret = callback_secret;
  how.times = 2;
  how.audio_first = how.badly_signed_first = true;
  how.audio_bytes = 600'000;
  w.on_loop([&] { w.vendor().call_back(how); });
  auto call = talk();
  hang_up(call);
  const auto record = w.record(call.sid, R"("audioBytes":600000)");
  EXPECT_TRUE(has(w.record(call.sid, R"("summary")"), R"("successful":"success")")) << record;
  EXPECT_EQ(count_of(record, R"("conversationId":")" + call.conversation), 2u) << "the conversation, and one report";
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().reports_taken() == 4; }, 10s));
  EXPECT_EQ(violations_of(w.vendor_violations()), "");
  EXPECT_EQ(gateway.metric(R"(tonris_callbacks_kept_total{outcome="known"})"), 2);
}

TEST_F(VendorCallbacks, AreKeptAndCountedWhereNobodyKnowsTheConversation) {
  auto& gateway = start(one_tenant());
  EXPECT_TRUE(has(post_call(transcription("conv_of_nobody", "CA000000000000000000000000000000ff")), " 200 "));
  EXPECT_TRUE(has(post_call(R"({"type":"of_the_future","data":{"conversation_id":"conv_1"}})"), " 200 "));
  EXPECT_TRUE(gateway.metric_comes_to(R"(tonris_callbacks_total{type="other"})", 1));
  EXPECT_TRUE(gateway.metric_comes_to("tonris_callbacks_waiting", 1));
  EXPECT_TRUE(has(post_call(transcription("conv_2", "CA000000000000000000000000000000ff"), "another secret"), " 401 "));
}

TEST_F(VendorCallbacks, TellAConversationOfTheVendorsOwnWhoseItIs) {
  auto& gateway = start(one_tenant());
  const std::string path = "/api/webhooks/elevenlabs/conversation-initiation";
  const std::string shown = "Authorization: Bearer " + callback_secret + "\r\n";
  const auto said = send("POST", path,
                         R"({"caller_id":"+15550100001","agent_id":"agent_abc","called_number":"+15550100002",)"
                         R"("conversation_id":"conv_xyz"})",
                         shown);
  EXPECT_TRUE(has(said, R"("type":"conversation_initiation_client_data")")) << said;
  EXPECT_TRUE(
      gateway.log_says("[INFO]: ElevenLabs Conversation Initiation: conversation=conv_xyz, agent=agent_abc, tenant="));
  for (const auto* page : {"docs/operations.md", "docs/WEBHOOK_CONFIGURATION.md"}) {
    auto lines = log_lines(page);
    std::erase_if(lines, [](const auto& line) { return !has(line, "Conversation Initiation"); });
    ASSERT_EQ(lines.size(), 1u) << page;
    EXPECT_TRUE(has_line_like(gateway.log(), lines[0])) << page << " shows: " << lines[0];
  }
  EXPECT_TRUE(has(send("POST", path, "{}", ""), " 401 "));
}

TEST_F(VendorCallbacks, ReachNothingThatIsNotPublic) {
  tenant_server inside([](const net::http_request&, net::http_responder responder) {
    responder.respond(net::make_response(200, "application/json", R"({"secret":true})"));
  });
  start(one_tenant(tools(R"("peek":{"url":")" + inside.address() + R"("},"name":{"url":"https://localhost:443/"})")));
  for (const auto* name : {"peek", "name"})
    EXPECT_TRUE(has(tool(name, R"({"tenantId":"salon-1"})"), "I cannot look that up right now.")) << name;
  EXPECT_EQ(inside.asked, 0);
}

/// Its spans are the call's.
TEST_F(VendorCallbacks, LeadTheTenantsServerIntoTheCallsTrace) {
  std::mutex lock;
  std::string came;
  tenant_server theirs([&](const net::http_request& request, net::http_responder responder) {
    const std::scoped_lock guard{lock};
    if (request.path() == "/look") came = request.fields.get("traceparent");
    responder.respond(net::make_response(200, "application/json", "{}"));
  });
  start(one_tenant(tools(R"("look":{"url":")" + theirs.address() + R"(/look"})")),
        {{"TOOL_ALLOWED_HOSTS", "127.0.0.1"}, {"OTEL_EXPORTER_OTLP_ENDPOINT", theirs.address()}});
  auto now = talk();
  EXPECT_TRUE(has(tool("look", R"({"call_sid":")" + now.sid + R"("})"), " 200 "));
  hang_up(now);
  const std::scoped_lock guard{lock};
  EXPECT_EQ(came, model::traceparent_of(model::call_sid{now.sid}, 1));
}

}  // namespace
}  // namespace tonris::e2e
