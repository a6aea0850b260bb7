#include "actors/leg/agent_leg.hpp"

#include "tests/actors/leg/agent_leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// --- opening

TEST_F(AgentLeg, DialsTheSignedUrlAsItIs) {
  spawn();
  EXPECT_EQ(dialler.last().url, signed_url);
  EXPECT_EQ(dialler.last().options.connect_timeout + dialler.last().options.handshake_timeout, most_connect_limit);
  EXPECT_EQ(dialler.last().options.limits.max_message_bytes, 4u * 1024 * 1024);
  EXPECT_EQ(dialler.last().options.limits.idle, agent_quiet_limit);
  EXPECT_LT(dialler.last().options.limits.close_handshake, 1s);
  EXPECT_EQ(bridge->agent, nullptr);
}

TEST_F(AgentLeg, SpeaksFirstAndSaysWhoIsCalling) {
  connect();
  ASSERT_EQ(socket->sent.size(), 1u);
  EXPECT_THAT(socket->sent[0], HasSubstr(R"("type":"conversation_initiation_client_data")"));
  EXPECT_THAT(socket->sent[0], HasSubstr(R"("caller_number":"+15550100001")"));
  EXPECT_EQ(told->agent_connected, 1);
  EXPECT_THAT(told->ready, IsEmpty());
}

// A leg that has no socket yet may fail as well, and takes nobody with it.
TEST_F(AgentLeg, FailsInOrderBeforeItsSocketIsOpen) {
  spawn();
  caf::anon_send(subject, inject{leg_failure::garbage});
  expect_failure(model::end_reason::agent_protocol_error);
  EXPECT_TRUE(dialler.last().cancelled);
}

TEST_F(AgentLeg, HasNothingToDropBeforeItsSocketIsOpen) {
  spawn();
  caf::anon_send(subject, inject{leg_failure::drop});
  settle();
  EXPECT_TRUE(alive(subject));
  EXPECT_THAT(told->agent_ended, IsEmpty());
}

TEST_F(AgentLeg, IsReadyWithTheVendorsMetadata) {
  connect();
  EXPECT_EQ(bridge->agent, nullptr) << "the caller's frames are kept until the formats are known";
  socket->say(agent_metadata("pcm_16000", "pcm_8000"));
  settle();
  ASSERT_EQ(told->ready.size(), 1u);
  EXPECT_EQ(told->ready[0].conversation.value, "conv_1");
  EXPECT_EQ(told->ready[0].output, model::audio_format::pcm_16000);
  EXPECT_EQ(told->ready[0].input, model::audio_format::pcm_8000);
  EXPECT_EQ(bridge->agent, &leg_of(subject));
}

TEST_F(AgentLeg, IgnoresASecondMetadata) {
  live();
  socket->say(agent_metadata("pcm_16000", "pcm_16000"));
  settle();
  EXPECT_EQ(told->ready.size(), 1u);
  socket->say(agent_says(ulaw(160)));
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(160)));
}

struct broken_metadata {
  std::string why, event;
  std::string conversation;  ///< that can be read in it
};
class AgentLegRefusesMetadata : public AgentLeg, public testing::WithParamInterface<broken_metadata> {};

TEST_P(AgentLegRefusesMetadata, AndTellsOfTheConversationThatCostsAllTheSame) {
  connect();
  socket->say(R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":)" +
              GetParam().event + "}");
  expect_failure(end_reason::agent_protocol_error);
  ASSERT_EQ(told->ready.size(), GetParam().conversation.empty() ? 0u : 1u);
  for (const auto& one : told->ready) EXPECT_EQ(one.conversation.value, GetParam().conversation);
}
INSTANTIATE_TEST_SUITE_P(
    Vendor, AgentLegRefusesMetadata,
    testing::Values(broken_metadata{"Format", R"({"conversation_id":"conv_1","agent_output_audio_format":8000})",
                                    "conv_1"},
                    broken_metadata{"Id", R"({"conversation_id":7,"agent_output_audio_format":"ulaw_8000"})", ""},
                    broken_metadata{"NoId", R"({"agent_output_audio_format":"ulaw_8000"})", ""},
                    broken_metadata{"Event", R"("conv_1")", ""}),
    [](const auto& row) { return row.param.why; });

TEST_F(AgentLeg, GoesOnAfterAnEventWithOneOddField) {
  live();
  socket->say(R"({"type":"agent_tool_response","agent_tool_response":{"tool_call_id":7}})");
  socket->say(R"({"type":"user_transcript","user_transcription_event":{"user_transcript":5,"event_id":-1}})");
  settle();
  EXPECT_TRUE(alive(subject));
  EXPECT_THAT(told->agent_ended, IsEmpty());
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="elevenlabs"})"), 2);
}

TEST_F(AgentLeg, EndsOverAMessageThatIsNone) {
  live();
  socket->say("{\"type\":");
  expect_failure(end_reason::agent_protocol_error);
}

TEST_F(AgentLeg, EndsWhenNoMetadataComes) {
  connect();
  socket->say(agent_ping(0));
  pass(5900ms);
  EXPECT_TRUE(alive(subject));
  pass(200ms);
  expect_failure(end_reason::agent_timeout);
  EXPECT_EQ(socket->close_code, 1000);
}

TEST_F(AgentLeg, EndsWhenItsSocketDoesNotOpenInThatTime) {
  spawn();
  pass(6100ms);
  expect_failure(end_reason::agent_timeout);
  EXPECT_TRUE(dialler.last().cancelled);
}

TEST_F(AgentLeg, ClosesWhenTheOneBesideItWasFaster) {
  connect();
  bridge->agent = &leg_of(peer);
  socket->say(agent_metadata());
  settle();
  EXPECT_EQ(socket->close_code, 1000);
  EXPECT_EQ(bridge->agent, &leg_of(peer));
  ASSERT_EQ(told->ready.size(), 1u) << "the vendor bills it";
  EXPECT_EQ(told->ready[0].conversation.value, "conv_1");
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, agent_leg_end::closed_by_us);
}

TEST_F(AgentLeg, LetsTheMetadataLimitPassWhenTheConversationIsLive) {
  live();
  pass(11s);
  EXPECT_TRUE(alive(subject));
}

struct deaf_agent {
  std::string why;
  bool known_at_first, told_later, alarm;
};
class AgentLegIsNotHeard : public AgentLeg, public testing::WithParamInterface<deaf_agent> {};

TEST_P(AgentLegIsNotHeard, OnlyWhenSignsAreToBeExpected) {
  expects_transcripts = GetParam().known_at_first;
  live();
  if (GetParam().told_later) caf::anon_send(subject, expect_transcripts{});
  settle();
  for (int n = 0; n < 500 && alive(subject); ++n) {
    const bool talks = n < 120 && n % 40 < 30;
    bridge->hearing.caller_level(!talks || n % 4 == 0 ? -60 : n % 2 == 0 ? -24 : -16);
    tick();
  }
  if (GetParam().alarm) return expect_failure(end_reason::agent_not_hearing);
  EXPECT_TRUE(alive(subject));
}
INSTANTIATE_TEST_SUITE_P(Agent, AgentLegIsNotHeard,
                         testing::Values(deaf_agent{"KnownAtFirst", true, false, true},
                                         deaf_agent{"KnownLater", false, true, true},
                                         deaf_agent{"NeverKnown", false, false, false}),
                         [](const auto& row) { return row.param.why; });

struct refused_socket {
  std::string why;
  net::errc code;
  unsigned http_status;
  end_reason reason;
};
class AgentLegCannotOpen : public AgentLeg, public testing::WithParamInterface<refused_socket> {};

TEST_P(AgentLegCannotOpen, AndSaysWhy) {
  spawn();
  dialler.last().fail(GetParam().code, GetParam().http_status);
  expect_failure(GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(
    Vendor, AgentLegCannotOpen,
    testing::Values(refused_socket{"NoName", net::errc::resolve_failed, 0, end_reason::agent_unreachable},
                    refused_socket{"NobodyListens", net::errc::connect_refused, 0, end_reason::agent_unreachable},
                    refused_socket{"ConnectTimeout", net::errc::connect_timeout, 0, end_reason::agent_timeout},
                    refused_socket{"HandshakeTimeout", net::errc::handshake_timeout, 0, end_reason::agent_timeout},
                    refused_socket{"BadCertificate", net::errc::certificate_refused, 0, end_reason::agent_unreachable},
                    refused_socket{"BadUrl", net::errc::bad_url, 0, end_reason::agent_unreachable},
                    refused_socket{"Http401", net::errc::handshake_refused, 401, end_reason::agent_auth_failed},
                    refused_socket{"Http403", net::errc::handshake_refused, 403, end_reason::agent_auth_failed},
                    refused_socket{"Http404", net::errc::handshake_refused, 404, end_reason::agent_not_found},
                    refused_socket{"Http429", net::errc::handshake_refused, 429, end_reason::agent_busy},
                    refused_socket{"Http500", net::errc::handshake_refused, 500, end_reason::agent_unreachable}),
    [](const auto& row) { return row.param.why; });

TEST_F(AgentLeg, NeverTellsTheSignedUrl) {
  spawn();
  dialler.last().fail(net::errc::connect_refused);
  settle();
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_THAT(told->agent_ended[0].detail, Not(HasSubstr("cvtkn")));
}

TEST_F(AgentLeg, GivesUpDiallingWhenItsCallClosesIt) {
  spawn();
  caf::anon_send(subject, close_leg{});
  settle();
  EXPECT_TRUE(dialler.last().cancelled);
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, agent_leg_end::closed_by_us);
  EXPECT_FALSE(alive(subject));
}

TEST_F(AgentLeg, GivesUpDiallingWhenItsCallEnds) {
  spawn();
  caf::anon_send_exit(call, caf::exit_reason::kill);
  settle();
  EXPECT_TRUE(dialler.last().cancelled);
  EXPECT_FALSE(alive(subject));
}

TEST_F(AgentLeg, CrashesAloneWhenDiallingThrows) {
  dialler.throws = true;
  spawn();
  EXPECT_FALSE(alive(subject));
  EXPECT_TRUE(alive(call));
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.elevenlabs_socket"})"), 1);
}

// --- while it lives

TEST_F(AgentLeg, AnswersEveryPingAtOnceAlsoNumberZeroAndBeforeTheMetadata) {
  connect();
  socket->sent.clear();
  socket->say(agent_ping(0));
  EXPECT_THAT(socket->sent, ElementsAre(R"({"type":"pong","event_id":0})"));
  socket->say(agent_metadata());
  socket->say(agent_ping(7));
  EXPECT_EQ(socket->sent.back(), R"({"type":"pong","event_id":7})");
}

TEST_F(AgentLeg, TellsTheTranscriptButNoGuesses) {
  live();
  socket->say(R"({"type":"agent_response","agent_response_event":{"agent_response":"Good morning","event_id":1}})");
  socket->say(
      R"({"type":"tentative_user_transcript","tentative_user_transcription_event":{"user_transcript":"I","event_id":3}})");
  socket->say(R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"I would","event_id":4}})");
  socket->say(R"({"type":"agent_response_correction","agent_response_correction_event":)"
              R"({"original_agent_response":"Good morning","corrected_agent_response":"Good...","event_id":1}})");
  settle();
  ASSERT_EQ(told->lines.size(), 2u);
  EXPECT_TRUE(told->lines[0].agent);
  EXPECT_EQ(told->lines[0].text, "Good morning");
  EXPECT_FALSE(told->lines[1].agent);
  EXPECT_EQ(told->lines[1].text, "I would");
  ASSERT_EQ(told->corrections.size(), 1u);
  EXPECT_EQ(told->corrections[0].heard, "Good...");
  EXPECT_EQ(told->corrections[0].event_id, 1);
}

TEST_F(AgentLeg, TellsOfTheVendorsQueue) {
  live();
  const auto queue = [](std::string_view status) {
    return R"({"type":"queue_status","queue_status_event":{"status":")" + std::string{status} + R"("}})";
  };
  socket->say(queue("waiting"));
  socket->say(queue("daydreaming"));
  socket->say(queue("admitted"));
  settle();
  EXPECT_THAT(told->waiting, ElementsAre(true, false));
  EXPECT_EQ(counted(R"(tonris_unknown_messages_total{wire="elevenlabs"})"), 1);
  socket->say(queue("timed_out"));
  expect_failure(end_reason::agent_busy);
}

TEST_F(AgentLeg, CountsUnknownTypesAndGoesOn) {
  live();
  socket->say(R"({"type":"brand_new","brand_new_event":{}})");
  EXPECT_EQ(counted(R"(tonris_unknown_messages_total{wire="elevenlabs"})"), 1);
  settle();
  EXPECT_TRUE(alive(subject));
}

TEST_F(AgentLeg, TellsTheAgentOnceItIsLive) {
  connect();
  socket->sent.clear();
  caf::anon_send(subject, tell_agent{"keys: 1", "dtmf"});
  settle();
  EXPECT_THAT(socket->sent, IsEmpty());
  socket->say(agent_metadata());
  caf::anon_send(subject, tell_agent{"keys: 12", "dtmf"});
  settle();
  EXPECT_EQ(socket->sent.back(), R"({"type":"contextual_update","text":"keys: 12","context_id":"dtmf"})");
}

TEST_F(AgentLeg, AsksForAGoodbyeInWordsThatMakeTheAgentSpeakAndTellsWhenItWasSaid) {
  live();
  socket->say(agent_answers("We are open until"));
  caf::anon_send(subject, ask_for_goodbye{"Say goodbye."});
  settle();
  EXPECT_EQ(socket->sent.back(), R"({"type":"user_message","text":"Say goodbye."})");
  socket->say(agent_says(ulaw(800)));  // what it was saying
  tick(40);
  EXPECT_EQ(told->last_turns, 0);
  socket->say(agent_answers("Goodbye!"));
  socket->say(agent_says(ulaw(800)));
  tick(29);
  EXPECT_EQ(told->last_turns, 0);
  tick();
  EXPECT_EQ(told->last_turns, 1);
  EXPECT_TRUE(alive(subject)) << "the call ends it";
}

// --- is it to be heard?

TEST_F(AgentLeg, IsFoundOutWhenItHasFallenSilent) {
  live();
  socket->say(agent_says(ulaw(160)));
  ASSERT_THAT(heard->audio, ElementsAre(ulaw(160)));
  caf::anon_send(subject, inject{leg_failure::silence});
  tick(51);  // so long after audio nothing is owed
  socket->say(agent_answers("We are open."));
  socket->say(agent_says(ulaw(800), 2));
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(160)));
  const auto frames = socket->sent.size();
  caller_says(ulaw(160));
  EXPECT_GT(socket->sent.size(), frames) << "it hears on";
  tick(99);
  EXPECT_TRUE(alive(subject));
  EXPECT_TRUE(socket->open());
  tick();
  expect_failure(end_reason::agent_not_audible);
  EXPECT_EQ(told->agent_ended[0].detail, "the agent answers, and nothing of it was heard for 10 s");
}

TEST_F(AgentLeg, LeavesStandingWhatItOwedACallerWhoIsGone) {
  const auto owed = [this] { return bridge->counters->owed_ms.load(); };
  live();
  tick();
  EXPECT_EQ(owed(), 0u);
  socket->say(agent_answers("Of course."));
  tick(61);
  EXPECT_EQ(owed(), 6000u);
  bridge->caller = nullptr;
  tick(9);
  EXPECT_EQ(owed(), 6000u);
  bridge->caller = &leg_of(peer);
  tick();
  EXPECT_EQ(owed(), 0u) << "he is back, and nothing of that is owed him any more";
}

}  // namespace
}  // namespace tonris::actors::test
