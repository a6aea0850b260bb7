/// Conversations that have begun at the vendor and can never be the caller's. They cost: the call's record has them.
#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;

const std::string broken_metadata =
    R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":)"
    R"({"conversation_id":"conv_1","agent_output_audio_format":8000}})";

class NeverLive : public SurvivingCall {
 protected:
  static std::string in_unknown_format(std::string_view conversation) {
    return agent_metadata("opus_48000", "ulaw_8000", conversation);
  }
  void rings_with_next(const model::agent_id& next) {
    start_call wanted{request_of(some_call), tenant, {"agent_1"}};
    wanted.route.agent = wanted.agent;
    wanted.route.next = {next};
    ASSERT_TRUE(ask<call_answer>(wanted));
  }
  /// The first agent is followed by the next, whose socket is open.
  void first_agent_cannot_be_talked_to() {
    rings_with_next({"agent_2"});
    stream_starts();
    agent_connects();
    agent->say(in_unknown_format("conv_1"));
    pass(10ms);
    ASSERT_EQ(recorded("agentId"), "agent_2");
    ASSERT_EQ(dialler.attempts.size(), 2u);
    agent_connects();
  }
  std::vector<std::string> conversations() {
    std::vector<std::string> all;
    const auto told = record();
    for (const auto& one : told["conversations"].GetArray()) all.emplace_back(one["conversationId"].GetString());
    return all;
  }
  void expect_never_live(rapidjson::SizeType place) {
    const auto told = record();
    const auto& one = told["conversations"][place];
    ASSERT_TRUE(one.HasMember("endedAt"));
    EXPECT_STREQ(one["startedAt"].GetString(), one["endedAt"].GetString());
  }
};

struct untalkable {
  std::string why, metadata;
};
class NeverLiveFor : public NeverLive, public testing::WithParamInterface<untalkable> {};

TEST_P(NeverLiveFor, IsInTheRecordAndKnownByItsId) {
  stream_starts();
  agent_connects();
  agent->say(GetParam().metadata);
  settle();
  EXPECT_EQ(conversations(), std::vector<std::string>{"conv_1"});
  expect_never_live(0);
  EXPECT_EQ(calls->conversations->find({"conv_1"}), some_call) << "its report is this call's, whatever that names";
}
INSTANTIATE_TEST_SUITE_P(Metadata, NeverLiveFor,
                         testing::Values(untalkable{"AnUnknownOutput", agent_metadata("opus_48000", "ulaw_8000")},
                                         untalkable{"AnUnknownInput", agent_metadata("ulaw_8000", "mp3_44100")},
                                         untalkable{"AFieldThatIsNoText", broken_metadata}),
                         [](const auto& row) { return row.param.why; });

TEST_F(NeverLive, IsInTheRecordThatIsWrittenAtTheCallsEnd) {
  stream_starts();
  agent_connects();
  agent->say(in_unknown_format("conv_1"));
  settle();
  EXPECT_EQ(recorded("endReason"), "agent_audio_unknown");
  EXPECT_EQ(live_calls(), 0u);
  const auto records = journal->take().records;
  ASSERT_FALSE(records.empty());
  const auto written = model::parse_call_record(records.back().json);
  ASSERT_TRUE(written);
  ASSERT_EQ(written->conversations.size(), 1u);
  EXPECT_EQ(written->conversations[0].id.value, "conv_1");
}

TEST_F(NeverLive, StandsBeforeTheOneThatIsTalkedToAndHasItsReport) {
  first_agent_cannot_be_talked_to();
  agent->say(agent_metadata("ulaw_8000", "ulaw_8000", "conv_2"));
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(conversations(), (std::vector<std::string>{"conv_1", "conv_2"}));
  expect_never_live(0);
  EXPECT_FALSE(record()["conversations"][1].HasMember("endedAt"));
  model::call_record::vendor_report report;
  report.conversation = {"conv_1"};
  report.agent = {"agent_1"};
  report.credits = 12;
  ASSERT_TRUE(ask<fact_learned>(learn_fact{some_call, report}));
  const auto told = record();
  ASSERT_TRUE(told.HasMember("vendorReports"));
  EXPECT_STREQ(told["vendorReports"][0]["conversationId"].GetString(), "conv_1");
}

TEST_F(NeverLive, DoesNotMakeACallerWhoHasHeardNobodyWaitLonger) {
  first_agent_cannot_be_talked_to();
  pass(2300ms);
  agent->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("endReason"), "agent_unreachable") << "within three seconds he hears something";
  EXPECT_EQ(conversations(), std::vector<std::string>{"conv_1"});
}

TEST_F(NeverLive, LeavesTheOneBesideItAlone) {
  stream_starts();
  agent_connects();
  const auto first = agent;
  pass(3s);
  ASSERT_EQ(dialler.attempts.size(), 2u);
  agent_connects();
  agent->say(in_unknown_format("conv_2"));
  settle();
  EXPECT_EQ(recorded("state"), "connecting");
  first->say(agent_metadata("ulaw_8000", "ulaw_8000", "conv_1"));
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(conversations(), (std::vector<std::string>{"conv_2", "conv_1"}));
  expect_never_live(0);
}

TEST_F(NeverLive, IsToldAgainToACallThatCrashedBeforeItHeard) {
  stream_starts();
  agent_connects();
  agent->answers_close = false;  // its leg lives a while
  break_pen();
  twilio->say(twilio_key('1'));
  agent->say(in_unknown_format("conv_1"));
  settle();
  ASSERT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  agent->answers_close = true;
  settle();
  EXPECT_EQ(recorded("endReason"), "agent_audio_unknown");
  EXPECT_EQ(conversations(), std::vector<std::string>{"conv_1"});
  EXPECT_EQ(live_calls(), 0u);
}

}  // namespace
}  // namespace tonris::actors::test
