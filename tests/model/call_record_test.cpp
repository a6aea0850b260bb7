#include "model/call_record.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

call_record::time at(std::int64_t ms) {
  return call_record::time{std::chrono::milliseconds{ms}};
}

TEST(CallRecord, WritesTimesAsIsoWithMilliseconds) {
  EXPECT_EQ(iso_time(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_time(at(1795341600123)), "2026-11-22T10:00:00.123Z");
}

TEST(CallRecord, OfALiveCallHasNoEnd) {
  call_record record;
  record.call.value = "CA1";
  const auto json = to_json(record);
  EXPECT_NE(json.find(R"("state":"ringing")"), std::string::npos);
  EXPECT_EQ(json.find("endReason"), std::string::npos);
  EXPECT_EQ(json.find("durationSeconds"), std::string::npos);
}

TEST(CallRecord, OfAnEndedCallSaysEverything) {
  call_record record;
  record.call.value = "CA1";
  record.tenant.value = "salon-1";
  record.from = "+15550100001";
  record.state = call_state::ended;
  record.started = at(1000);
  record.answered = at(2000);
  record.ended = at(63'200);
  record.reason = end_reason::caller_hung_up;
  record.interruptions = 1;
  record.streams.push_back({{"MZ1"}, at(2000), at(63'200)});
  record.conversations.push_back({{"conv_1"}, at(2100), at(63'200), 1000});
  record.transcript.push_back({true, "Good morning \"you\"", at(2200), "Good mor", 1});
  record.media = {3060, 2800, 2, 56'000, 0.4};
  EXPECT_EQ(
      to_json(record),
      R"({"callSid":"CA1","tenantId":"salon-1","direction":"inbound","from":"+15550100001","to":"","agentId":"",)"
      R"("variant":"","state":"ended","startedAt":"1970-01-01T00:00:01.000Z","answeredAt":"1970-01-01T00:00:02.000Z",)"
      R"("endedAt":"1970-01-01T00:01:03.200Z","durationSeconds":61.2,"endReason":"caller_hung_up","endedBy":"caller",)"
      R"("restarts":0,"interruptions":1,"streams":[{"streamSid":"MZ1","startedAt":"1970-01-01T00:00:02.000Z",)"
      R"("endedAt":"1970-01-01T00:01:03.200Z"}],"conversations":[{"conversationId":"conv_1",)"
      R"("startedAt":"1970-01-01T00:00:02.100Z","endedAt":"1970-01-01T00:01:03.200Z","closeCode":1000}],)"
      R"("transcript":[{"role":"agent","text":"Good morning \"you\"","at":"1970-01-01T00:00:02.200Z","heard":"Good mor"}],)"
      R"("media":{"framesFromCaller":3060,"framesToCaller":2800,"dropped":2,"heardMs":56000,"addedLatencyP99Ms":0.4}})");
}

}  // namespace
}  // namespace tonris::model
