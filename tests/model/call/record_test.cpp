#include "model/call/record.hpp"

#include <gtest/gtest.h>

#include "tests/model/call/whole_record.hpp"

namespace tonris::model {
namespace {

using test::at;
using test::whole_record;

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
  record.media = {3060, 2800, 2, 56'000, 0.4, {}};
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

TEST(CallRecord, ComesBackFromItsJson) {
  EXPECT_EQ(parse_call_record(to_json(whole_record())), whole_record());
  call_record fresh;
  fresh.call.value = "CA1";
  EXPECT_EQ(parse_call_record(to_json(fresh)), fresh);
}

TEST(CallRecord, SaysWhatTroubledAnOrdinaryEnd) {
  EXPECT_NE(to_json(whole_record()).find(R"("troubled":{"reason":"slow_agent","unheardSeconds":42.125},)"),
            std::string::npos);
  call_record ordinary;
  EXPECT_EQ(to_json(ordinary).find("troubled"), std::string::npos);
}

TEST(CallRecord, ShowsTheBusinesssOwnNumberWholeAndNobodyElses) {
  EXPECT_EQ(shown_called("inbound", "+15550100002"), "+15550100002");
  EXPECT_EQ(shown_called("", "+15550100002"), "+15550100002");
  EXPECT_EQ(shown_called("outbound-api", "+15550100002"), "+1555...");
}

TEST(CallRecord, SaysHowTheFallbackWentOnlyWhenThereWasOne) {
  const auto json = to_json(whole_record());
  EXPECT_NE(
      json.find(R"("voicemail":[{"recordingSid":"RE1","url":"https://api.twilio.com/RE1","durationSeconds":12,)"
                R"("at":"1970-01-01T00:01:03.100Z","deleted":true,"deletedAt":"1970-01-01T00:01:36.000Z","cost":{)"),
      std::string::npos)
      << json;
  EXPECT_EQ(to_json(call_record{}).find("voicemail"), std::string::npos);
  EXPECT_EQ(to_json(call_record{}).find("fallback"), std::string::npos);
}

TEST(CallRecord, SaysThatItsTranscriptIsNotWhole) {
  auto record = whole_record();
  EXPECT_EQ(to_json(record).find("transcriptLeftOut"), std::string::npos);
  record.lines_left_out = 234;
  EXPECT_NE(to_json(record).find(R"("transcriptLeftOut":234)"), std::string::npos);
  EXPECT_EQ(parse_call_record(to_json(record)), record);
}

TEST(CallRecord, KeepsTheEventIdsOfItsLinesToItself) {
  auto record = whole_record();
  record.transcript[0].event_id = 7;
  EXPECT_EQ(to_json(record), to_json(whole_record()));
}

TEST(CallRecord, IsJsonWhateverBytesACallerNameOrNumberHolds) {
  auto record = whole_record();
  record.from = "\xff\x01";
  const auto back = parse_call_record(to_json(record));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->from, "\xef\xbf\xbd\x01");
}

TEST(CallRecord, OverlooksFieldsItDoesNotKnow) {
  auto json = to_json(whole_record());
  json.insert(1, R"("analysis":{"x":[1]},"mood":null,)");
  EXPECT_EQ(parse_call_record(json), whole_record());
}

struct changed_record {
  std::string name, from, to;
};
class CallRecordRefuses : public testing::TestWithParam<changed_record> {};

TEST_P(CallRecordRefuses, WhatItCannotBelieve) {
  auto json = to_json(whole_record());
  const auto found = json.find(GetParam().from);
  ASSERT_NE(found, std::string::npos);
  json.replace(found, GetParam().from.size(), GetParam().to);
  EXPECT_FALSE(parse_call_record(json)) << json;
}

INSTANTIATE_TEST_SUITE_P(
    Json, CallRecordRefuses,
    testing::Values(changed_record{"NoCall", R"("callSid":"CA1")", R"("callSid":"")"},
                    changed_record{"CallOfTheWrongType", R"("callSid":"CA1")", R"("callSid":1)"},
                    changed_record{"NoStart", R"("startedAt")", R"("begunAt")"},
                    changed_record{"UnknownState", R"("state":"ended")", R"("state":"asleep")"},
                    changed_record{"UnknownReason", R"("endReason":"agent_lost")", R"("endReason":"boredom")"},
                    changed_record{"TooManyRestarts", R"("restarts":5)", R"("restarts":4294967296)"},
                    changed_record{"NegativeRestarts", R"("restarts":5)", R"("restarts":-1)"},
                    changed_record{"StreamsNoList", R"("streams":[)", R"("streams":7,"x":[)"},
                    changed_record{"StreamNoObject", R"("streams":[)", R"("streams":["MZ",)"},
                    changed_record{"StreamWithoutStart", R"({"streamSid":"MZ1","startedAt")",
                                   R"({"streamSid":"MZ1","x")"},
                    changed_record{"UnknownRole", R"("role":"agent")", R"("role":"ghost")"},
                    changed_record{"HeardOfTheWrongType", R"("heard":"Good mor")", R"("heard":[])"},
                    changed_record{"ImpossibleLatency", R"("addedLatencyP99Ms":0.4)", R"("addedLatencyP99Ms":1e308)"},
                    changed_record{"ImpossibleTime", "1970-01-01T00:00:01.000Z", "1970-01-32T00:00:01.000Z"},
                    changed_record{"TextBehindIt", R"("build":"1.0-abc"})", R"("build":"1.0-abc"}])"}),
    [](const auto& row) { return row.param.name; });

TEST(CallRecord, RefusesWhatIsTooLongOrTooDeepBeforeItLooksAtIt) {
  EXPECT_EQ(parse_call_record(std::string(4 * 1024 * 1024 + 1, ' ')).error(), codec_errc::too_long);
  EXPECT_EQ(parse_call_record(std::string(60'000, '[')).error(), codec_errc::too_many);
  EXPECT_EQ(parse_call_record("[]").error(), codec_errc::not_json);
}

}  // namespace
}  // namespace tonris::model
