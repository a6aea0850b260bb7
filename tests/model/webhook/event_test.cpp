#include "model/webhook/event.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using testing::HasSubstr;
using testing::Not;

const auto at = parse_iso_time("2026-11-22T10:01:00.000Z").value();

call_record ended_call() {
  call_record call;
  call.call = {"CA00000000000000000000000000000001"};
  call.tenant = {"salon-1"};
  call.from = "+15550001111";
  call.to = "+15550100002";
  call.agent = {"agent_abc"};
  call.started = parse_iso_time("2026-11-22T10:00:00.000Z").value();
  call.answered = parse_iso_time("2026-11-22T10:00:01.500Z").value();
  call.ended = parse_iso_time("2026-11-22T10:00:59.000Z").value();
  call.reason = end_reason::caller_hung_up;
  call.conversations.push_back({{"conv_1"}, call.started, std::nullopt, std::nullopt});
  call.transcript.push_back({true, "my password is swordfish", call.started, std::nullopt, 1});
  call.interruptions = 2;
  return call;
}
constexpr auto started = R"("tenantId":"salon-1","callSid":"CA00000000000000000000000000000001","direction":"inbound",)"
                         R"("from":"+15550001111","to":"+15550100002","agentId":"agent_abc",)"
                         R"("startedAt":"2026-11-22T10:00:00.000Z","answeredAt":"2026-11-22T10:00:01.500Z")";
constexpr auto ended = R"(,"endedAt":"2026-11-22T10:00:59.000Z","durationSeconds":57.5,"endReason":"caller_hung_up",)"
                       R"("endedBy":"caller","explanation":"The caller hung up.","conversationIds":["conv_1"],)"
                       R"("interruptions":2,"restarts":0)";

std::string body(const std::string& type, const std::string& data) {
  return R"({"type":")" + type + R"(","timestamp":"2026-11-22T10:01:00.000Z","data":{)" + data + "}}";
}

TEST(WebhookEvent, IsWrittenToTheLetter) {
  auto call = ended_call();
  EXPECT_EQ(webhook_events::call_started(at, call), body("call.started", started));
  EXPECT_EQ(webhook_events::call_ended(at, call), body("call.ended", std::string{started} + ended));
  EXPECT_EQ(webhook_events::voicemail_received(at, call, {"RE1", "https://api.twilio.com/RE1", 12, at}),
            body("voicemail.received", std::string{started} +
                                           R"(,"recordingSid":"RE1","recordingUrl":"https://api.twilio.com/RE1",)"
                                           R"("seconds":12,"recordedAt":"2026-11-22T10:01:00.000Z")"));
  EXPECT_EQ(webhook_events::transfer_failed(at, call, {"+15557654321", "no-answer"}),
            body("transfer.failed", std::string{started} + R"(,"number":"+15557654321","why":"no-answer")"));
  EXPECT_EQ(webhook_events::limit_reached(at, call, "tenant_busy"),
            body("limit.reached", std::string{started} + R"(,"limit":"tenant_busy")"));
  auto placed = call;
  placed.direction = "outbound-api";
  EXPECT_NE(webhook_events::call_ended(at, placed).find(R"("endedBy":"caller","explanation":"The person called hung )"),
            std::string::npos);
  call.troubled = call_trouble{end_reason::agent_lost, std::chrono::milliseconds{4500}};
  EXPECT_EQ(webhook_events::call_troubled(at, call),
            body("call.troubled", std::string{started} + ended + R"(,"trouble":"agent_lost","unheardSeconds":4.5)"));
}

TEST(WebhookEvent, OfAnExperimentHasWhatItRestsOn) {
  experiment compared{{{{"agent_old"}, 50, "old"}, {{"agent_new"}, 50, ""}}};
  for (int i = 0; i < 100; ++i) compared.add(i % 2 == 0 ? "old" : "agent_new", i % 2 == 0);
  const auto lost = compared.surest();
  ASSERT_TRUE(lost);
  const auto json = webhook_events::experiment_stopped(at, {"salon-1"}, *lost);
  EXPECT_THAT(json, HasSubstr(R"({"type":"experiment.stopped","timestamp":"2026-11-22T10:01:00.000Z","data":{)"
                              R"("tenantId":"salon-1","variant":"agent_new","better":"old","comparison":{)"
                              R"("a":{"variant":"old","calls":50,"successes":50,)"));
  EXPECT_THAT(json, HasSubstr(R"("b":{"variant":"agent_new","calls":50,"successes":0,)"));
}

TEST(WebhookEvent, OfACallThatNeverWasAnsweredSaysNoMoreThanIsKnown) {
  call_record call;
  call.call = {"CA00000000000000000000000000000002"};
  call.tenant = {"salon-1"};
  call.started = call.ended.emplace(at);
  call.reason = end_reason::tenant_busy;
  call.fallback = "sentence";
  const auto json = webhook_events::call_ended(at, call);
  EXPECT_THAT(json, HasSubstr(R"("endReason":"tenant_busy")"));
  EXPECT_THAT(json, HasSubstr(R"("fallback":"sentence")"));
  for (const auto* absent : {"agentId", "answeredAt", "durationSeconds"}) EXPECT_THAT(json, Not(HasSubstr(absent)));
}

TEST(WebhookEvent, IsBoundedAndSaysNothingOfWhatWasSaid) {
  auto call = ended_call();
  for (int n = 0; n < 500; ++n) {
    call.conversations.push_back({{"conv_" + std::to_string(n)}, call.started, std::nullopt, std::nullopt});
    call.transcript.push_back(call.transcript.front());
  }
  const auto json = webhook_events::call_ended(at, call);
  EXPECT_LT(json.size(), 2048U);
  EXPECT_THAT(json, HasSubstr(R"("conversationIds":["conv_490",)"));
  EXPECT_THAT(json, Not(HasSubstr("swordfish")));
}

TEST(WebhookEvent, IsJsonWhateverTheCallerIsCalled) {
  auto call = ended_call();
  call.from = "\"\\\xff\n";
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(webhook_events::call_started(at, call));
  EXPECT_FALSE(document.HasParseError());
}

TEST(WebhookMessageId, IsTheSameForTheSameEventAndNoOther) {
  const tenant_id a{"a"}, b{"b"};
  using enum tenant::event;
  const auto id = webhook_message_id(a, "crm", call_ended, "CA1");
  EXPECT_EQ(id, webhook_message_id(a, "crm", call_ended, "CA1"));
  EXPECT_THAT(id, testing::MatchesRegex("msg_[0-9a-f]{32}"));
  const std::set<std::string> all{
      id, webhook_message_id(b, "crm", call_ended, "CA1"), webhook_message_id(a, "erp", call_ended, "CA1"),
      webhook_message_id(a, "crm", call_started, "CA1"), webhook_message_id(a, "crm", call_ended, "CA2")};
  EXPECT_EQ(all.size(), 5U);
}

}  // namespace
}  // namespace tonris::model
