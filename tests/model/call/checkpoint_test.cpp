#include "model/call/checkpoint.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

call_record::time at(std::int64_t ms) {
  return call_record::time{std::chrono::milliseconds{1795341600000 + ms}};
}

call_checkpoint whole_checkpoint() {
  call_checkpoint c;
  c.record.call.value = "CA00000000000000000000000000000001";
  c.record.tenant.value = "salon-1";
  c.record.agent.value = "agent_abc";
  c.record.from = "+15550100001";
  c.record.state = call_state::talking;
  c.record.started = at(0);
  c.record.answered = at(300);
  c.record.streams = {{{"MZ1"}, at(300), {}}};
  c.record.conversations = {{{"conv_1"}, at(900), {}, {}}};
  c.record.transcript = {{true, "Good morning", at(1000), {}, 1}, {false, "Hello", at(2000), "Hel", -1}};
  c.account.value = "AC00000000000000000000000000000001";
  c.caller_name = "ZO\xc3\x89";
  c.current_ticket = {{"00112233445566778899aabbccddeeff"}, {}, true};
  c.new_streams = 2;
  c.sealed_keys = "c2VhbGVk";
  c.fallback = fallback_step::transferring;
  c.saved = at(2500);
  c.from_tenant = true;
  c.agent_said_goodbye = true;
  c.returns = 2;
  c.returned = at(2400);
  c.transfer = {"+15550109999", "billing", true};
  c.variables = {{"mood", std::string{"good"}}, {"guests", std::int64_t{4}}, {"vip", true}, {"share", 0.5}};
  return c;
}

TEST(CallCheckpoint, ComesBackFromItsJsonTheLinesEventIdsIncluded) {
  EXPECT_EQ(parse_checkpoint(to_json(whole_checkpoint())), whole_checkpoint());
}

TEST(CallCheckpoint, OfACallThatHasJustBegunComesBackToo) {
  call_checkpoint c;
  c.record.call.value = "CA1";
  EXPECT_EQ(parse_checkpoint(to_json(c)), c);
}

TEST(CallCheckpoint, NamesALeaseForEachReturnOfTheCaller) {
  call_checkpoint c;
  c.record.call.value = "CA1";
  EXPECT_EQ(lease_of(c).value, "CA1");
  c.returns = 2;
  EXPECT_EQ(lease_of(c).value, "CA1~2");
}

TEST(CallCheckpoint, OverlooksFieldsItDoesNotKnow) {
  auto json = to_json(whole_checkpoint());
  json.insert(1, R"("mood":"good",)");
  EXPECT_EQ(parse_checkpoint(json), whole_checkpoint());
}

TEST(CallCheckpoint, TakesATicketForUsedThatDoesNotSay) {
  auto json = to_json(whole_checkpoint());
  const std::string used = R"(,"used":true)";
  json.erase(json.find(used), used.size());
  EXPECT_EQ(parse_checkpoint(json), whole_checkpoint());
}

TEST(CallCheckpoint, KeepsToOneMebibyteByLeavingOutTheOldestLines) {
  auto c = whole_checkpoint();
  for (int i = 0; i < 3000; ++i) c.record.transcript.push_back({i % 2 == 0, std::string(1000, '\n'), at(i), {}, i});
  const auto json = to_json(c);
  EXPECT_LE(json.size(), 1024u * 1024);
  const auto back = parse_checkpoint(json);
  ASSERT_TRUE(back);
  const auto& kept = back->record.transcript;
  ASSERT_FALSE(kept.empty());
  EXPECT_TRUE(std::equal(kept.rbegin(), kept.rend(), c.record.transcript.rbegin()));
  EXPECT_EQ(kept.size() + back->record.lines_left_out, c.record.transcript.size());
}

TEST(CallCheckpoint, OfManyShortLinesIsStillRead) {
  auto c = whole_checkpoint();
  c.record.transcript.assign(12'000, {true, "", at(0), "", 0});
  const auto back = parse_checkpoint(to_json(c));
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(back->record.transcript.size(), 12'000u);
}

struct changed_checkpoint {
  std::string name, from, to;
};
class CallCheckpointRefuses : public testing::TestWithParam<changed_checkpoint> {};

TEST_P(CallCheckpointRefuses, WhatItCannotBelieve) {
  auto json = to_json(whole_checkpoint());
  const auto found = json.find(GetParam().from);
  ASSERT_NE(found, std::string::npos);
  json.replace(found, GetParam().from.size(), GetParam().to);
  EXPECT_FALSE(parse_checkpoint(json)) << json;
}

INSTANTIATE_TEST_SUITE_P(
    Json, CallCheckpointRefuses,
    testing::Values(changed_checkpoint{"AnotherVersion", R"("v":1)", R"("v":2)"},
                    changed_checkpoint{"NoVersion", R"("v":1)", R"("w":1)"},
                    changed_checkpoint{"NoRecord", R"("record")", R"("disc")"},
                    changed_checkpoint{"BadRecord", R"("state":"talking")", R"("state":"singing")"},
                    changed_checkpoint{"BadEventId", R"("eventId":-1)", R"("eventId":1.5)"},
                    changed_checkpoint{"TicketNoObject", R"("ticket":{)", R"("ticket":[],"x":{)"},
                    changed_checkpoint{"TooManyStreams", R"("newStreams":2)", R"("newStreams":99999999999)"},
                    changed_checkpoint{"UnknownStep", R"("fallback":"transferring")", R"("fallback":"praying")"},
                    changed_checkpoint{"NoAccount", R"("accountSid")", R"("account")"}),
    [](const auto& row) { return row.param.name; });

TEST(CallCheckpoint, IsRefusedWhereverItIsCutOff) {
  const auto json = to_json(whole_checkpoint());
  for (std::size_t length = 0; length < json.size(); ++length) EXPECT_FALSE(parse_checkpoint(json.substr(0, length)));
}

TEST(CallCheckpoint, RefusesWhatIsTooLongOrTooDeepBeforeItLooksAtIt) {
  EXPECT_EQ(parse_checkpoint(std::string(1024 * 1024 + 1, ' ')).error(), codec_errc::too_long);
  EXPECT_EQ(parse_checkpoint(std::string(60'000, '[')).error(), codec_errc::too_many);
}

}  // namespace
}  // namespace tonris::model
