#include "actors/leg/agent_leg.hpp"
#include "tests/actors/leg/agent_leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::IsEmpty;

// --- the vendor closes, or breaks

struct vendor_close_row {
  std::string why;
  std::string error_frame;  ///< "" = none
  std::uint16_t code;
  std::string reason;
  agent_leg_end how;
  end_reason becomes;
};
class AgentLegIsClosed : public AgentLeg, public testing::WithParamInterface<vendor_close_row> {};

TEST_P(AgentLegIsClosed, AndSaysWhatItMeans) {
  const auto& row = GetParam();
  live();
  if (!row.error_frame.empty()) socket->say(row.error_frame);
  socket->peer_closes(row.code, row.reason);
  settle();
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, row.how);
  EXPECT_EQ(told->agent_ended[0].reason, row.becomes) << to_string(told->agent_ended[0].reason);
  EXPECT_EQ(told->agent_ended[0].close_code, row.code);
  EXPECT_FALSE(alive(subject));
  EXPECT_EQ(bridge->agent, nullptr);
}
constexpr auto finished = agent_leg_end::finished;
constexpr auto failed = agent_leg_end::failed;
INSTANTIATE_TEST_SUITE_P(
    Vendor, AgentLegIsClosed,
    testing::Values(
        vendor_close_row{"InOrder", "", 1000, "", finished, end_reason::agent_ended},
        vendor_close_row{"AtItsMaximumLength", "", 1011, "exceeded maximum duration", finished,
                         end_reason::agent_ended},
        vendor_close_row{"WithoutACode", "", 1005, "", failed, end_reason::agent_lost},
        vendor_close_row{"OutOfCredit", R"({"type":"error","message":"This request exceeds your quota limit."})", 1002,
                         "", failed, end_reason::agent_out_of_credit},
        vendor_close_row{"ForAForbiddenOverride", "", 1008, "Override for field language is not allowed", failed,
                         end_reason::agent_refused},
        vendor_close_row{"ForAMissingVariable",
                         R"({"type":"error","error_event":{"code":1008,"error_type":"missing_dynamic_variable",)"
                         R"("message":"Missing required dynamic variables"}})",
                         1008, "", failed, end_reason::agent_refused},
        vendor_close_row{"ByACrash", "", 1011, "", failed, end_reason::agent_lost},
        vendor_close_row{"RightAway", "", 3000, "Request error", failed, end_reason::agent_refused},
        vendor_close_row{"ByItsQueue", "", 4300, "", failed, end_reason::agent_busy}),
    [](const auto& row) { return row.param.why; });

const std::string refused_frame =
    R"({"type":"error","error_event":{"code":1008,"error_type":"value_error","message":"not allowed"}})";
const std::string crashed_frame = R"({"type":"client_error","error_event":{"code":1011,"message":"crashed"}})";

struct old_error {
  std::string why;
  std::string error_frame;
  std::string then;  ///< what the conversation goes on with; "": nothing
  caf::timespan after;
  net::errc end;
  std::uint16_t code;
  agent_leg_end how;
  end_reason becomes;
};
class AgentLegGotAnError : public AgentLeg, public testing::WithParamInterface<old_error> {};

TEST_P(AgentLegGotAnError, ThatCountsWhileNothingFollowsIt) {
  const auto& row = GetParam();
  live();
  socket->say(row.error_frame);
  pass(row.after);
  if (!row.then.empty()) socket->say(row.then);
  socket->end(row.end, row.code);
  settle();
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, row.how);
  EXPECT_EQ(told->agent_ended[0].reason, row.becomes) << to_string(told->agent_ended[0].reason);
}
INSTANTIATE_TEST_SUITE_P(
    Vendor, AgentLegGotAnError,
    testing::Values(
        old_error{"JustBeforeTheClose", refused_frame, "", 1900ms, net::errc::closed, 1000, failed,
                  end_reason::agent_refused},
        old_error{"AndAPing", refused_frame, agent_ping(3), 100ms, net::errc::closed, 1000, failed,
                  end_reason::agent_refused},
        old_error{"JustBeforeTheConnectionBroke", refused_frame, "", 100ms, net::errc::reset, 1006, failed,
                  end_reason::agent_refused},
        old_error{"LongBeforeAnOrdinaryGoodbye", refused_frame, "", 2100ms, net::errc::closed, 1000, finished,
                  end_reason::agent_ended},
        old_error{"LongBeforeACrash", refused_frame, "", 2100ms, net::errc::closed, 1011, failed,
                  end_reason::agent_lost},
        old_error{"LongBeforeTheConnectionBroke", refused_frame, "", 2100ms, net::errc::reset, 1006, failed,
                  end_reason::agent_lost},
        old_error{"AndSpoke", refused_frame, agent_says("VVVV"), 100ms, net::errc::closed, 1011, failed,
                  end_reason::agent_lost},
        old_error{"AndSpokeAndSaidGoodbye", crashed_frame, agent_says("VVVV"), 100ms, net::errc::closed, 1000, finished,
                  end_reason::agent_ended},
        old_error{"AndHeard", refused_frame,
                  R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Hi","event_id":4}})",
                  100ms, net::errc::closed, 1000, finished, end_reason::agent_ended}),
    [](const auto& row) { return row.param.why; });

struct broken_socket {
  std::string why;
  net::errc end;
  bool before_metadata;
  end_reason becomes;
  int bad_messages;
};
class AgentLegBreaks : public AgentLeg, public testing::WithParamInterface<broken_socket> {};

TEST_P(AgentLegBreaks, AndSaysHow) {
  connect();
  if (!GetParam().before_metadata) socket->say(agent_metadata());
  socket->end(GetParam().end);
  expect_failure(GetParam().becomes);
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="elevenlabs"})"), GetParam().bad_messages);
}
INSTANTIATE_TEST_SUITE_P(
    Network, AgentLegBreaks,
    testing::Values(broken_socket{"BeforeMetadata", net::errc::reset, true, end_reason::agent_unreachable, 0},
                    broken_socket{"MidAudio", net::errc::reset, false, end_reason::agent_lost, 0},
                    broken_socket{"Silently", net::errc::idle_timeout, false, end_reason::agent_lost, 0},
                    broken_socket{"WithBinary", net::errc::not_text, false, end_reason::agent_protocol_error, 1},
                    broken_socket{"WithTooMuch", net::errc::too_big, false, end_reason::agent_protocol_error, 1},
                    broken_socket{"WithBadUtf8", net::errc::bad_utf8, false, end_reason::agent_protocol_error, 1}),
    [](const auto& row) { return row.param.why; });

TEST_F(AgentLeg, HasFailedWhenTheVendorClosesInOrderBeforeItEverSpoke) {
  connect();
  socket->peer_closes(1000);
  settle();
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, failed) << "the caller never met an agent: he is owed a sentence";
  EXPECT_NE(after(told->agent_ended[0].reason), model::aftermath::hang_up);
  EXPECT_EQ(told->agent_ended[0].close_code, 1000u);
}

TEST_F(AgentLeg, ClosesTheConversationWhenItsCallSaysSo) {
  live();
  caf::anon_send(subject, close_leg{});
  settle();
  EXPECT_EQ(socket->close_code, 1000);
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, agent_leg_end::closed_by_us);
  EXPECT_EQ(bridge->agent, nullptr);
}

TEST_F(AgentLeg, HearsNothingMoreOnceItCloses) {
  live();
  socket->answers_close = false;
  caf::anon_send(subject, close_leg{});
  settle();
  socket->say(agent_says(ulaw(160)));
  socket->say("garbage");
  EXPECT_THAT(heard->audio, IsEmpty());
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="elevenlabs"})"), 0);
}

TEST_F(AgentLeg, EndsTheConversationItselfWhenTheVendorForgetsToAfterEndCall) {
  live();
  socket->say(agent_ends_call());
  pass(4900ms);
  EXPECT_TRUE(socket->open());
  pass(200ms);
  EXPECT_EQ(socket->close_code, 1000);
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, finished);
}

TEST_F(AgentLeg, WaitsForTheCloseAsLongAsTheAgentStillSpeaks) {
  live();
  socket->say(agent_ends_call());
  for (int times = 0; times < 5; ++times) {
    pass(4900ms);
    socket->say(agent_says(ulaw(800)));
  }
  EXPECT_TRUE(socket->open());
  EXPECT_EQ(heard->audio.size(), 5u);
  pass(4900ms);
  EXPECT_TRUE(socket->open());
  pass(200ms);
  EXPECT_EQ(socket->close_code, 1000);
}

TEST_F(AgentLeg, WaitsForTheCloseNoLongerThanTwoMinutes) {
  live();
  socket->say(agent_ends_call());
  for (int times = 0; times < 29; ++times) {
    pass(4100ms);
    socket->say(agent_says(ulaw(800)));
  }
  EXPECT_TRUE(socket->open());
  pass(1200ms);
  EXPECT_EQ(socket->close_code, 1000);
}

TEST_F(AgentLeg, TellsOnceThatTheAgentEndsTheCallThoughItsFullPayloadComesAsWell) {
  live();
  socket->say(agent_ends_call());
  socket->say(
      R"({"type":"agent_tool_response_full_payload","agent_tool_response_full_payload":{"tool_name":"end_call",)"
      R"("tool_call_id":"b2","tool_type":"system","is_error":false,"is_called":true,"event_id":6}})");
  settle();
  EXPECT_EQ(told->goodbyes, 1);
}

TEST_F(AgentLeg, DoesNotTakeAFailedEndCallForAnEnd) {
  live();
  auto refused = agent_ends_call();
  refused.replace(refused.find(R"("is_error":false)"), 16, R"("is_error":true )");
  socket->say(refused);
  pass(6s);
  EXPECT_TRUE(socket->open());
  EXPECT_EQ(told->goodbyes, 0);
}

TEST_F(AgentLeg, LetsGoOfItsSocketWhenItEnds) {
  live();
  socket->peer_closes(1000);
  settle();
  ASSERT_FALSE(alive(subject));
  sockets.clear();
  EXPECT_EQ(socket.use_count(), 1);
}

TEST_F(AgentLeg, DiesAloneOfAnException) {
  live();
  socket->throws_on_send = true;
  caller_says(ulaw(160));
  settle();
  EXPECT_FALSE(alive(subject));
  EXPECT_EQ(bridge->agent, nullptr);
  EXPECT_TRUE(socket->aborted);
  EXPECT_TRUE(alive(call));
  EXPECT_TRUE(alive(peer));
}

}  // namespace
}  // namespace tonris::actors::test
