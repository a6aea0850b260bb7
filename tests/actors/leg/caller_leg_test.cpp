#include "actors/leg/caller_leg.hpp"

#include "actors/leg/metrics.hpp"
#include "tests/actors/leg/caller_leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::ElementsAre;
using testing::IsEmpty;

// --- order and identity

TEST_F(CallerLeg, TellsItsCallThatTheStreamStarted) {
  begin();
  EXPECT_EQ(told->started[0].stream, some_stream);
  EXPECT_EQ(told->started[0].call, some_call);
  EXPECT_TRUE(alive(subject));
}

struct bad_opening {
  std::string why;
  std::vector<std::string> said;
  end_reason reason;
  std::uint16_t close_code;
};
class CallerLegRefuses : public CallerLeg, public testing::WithParamInterface<bad_opening> {};

TEST_P(CallerLegRefuses, AndEndsThisStreamOnly) {
  for (const auto& text : GetParam().said) socket->say(text);
  expect_failure(GetParam().reason, GetParam().close_code);
}

const model::call_sid another_call{"CA00000000000000000000000000000002"};
const model::account_sid another_account{"AC00000000000000000000000000000002"};
const model::stream_sid another_stream{"MZ00000000000000000000000000000002"};
constexpr auto wrong = end_reason::stream_protocol_error;
INSTANTIATE_TEST_SUITE_P(
    Wire, CallerLegRefuses,
    testing::Values(bad_opening{"MediaBeforeStart", {twilio_media("////")}, wrong, 1008},
                    bad_opening{"StopBeforeStart", {twilio_stop()}, wrong, 1008},
                    bad_opening{"AStartOfAnotherStream",
                                {twilio_start(), twilio_start(some_call, some_account, 8000, another_stream)},
                                wrong,
                                1008},
                    bad_opening{"AStartForAnotherCall", {twilio_start(another_call)}, wrong, 1008},
                    bad_opening{"AStartForAnotherAccount", {twilio_start(some_call, another_account)}, wrong, 1008},
                    bad_opening{"AStreamOf16kHz",
                                {twilio_start(some_call, some_account, 16000)},
                                end_reason::stream_audio_unknown,
                                1003},
                    bad_opening{"WhatIsNoJson", {twilio_start(), "GET / HTTP/1.1"}, wrong, 1007},
                    bad_opening{"HalfAMessage", {twilio_start(), twilio_media("////").substr(0, 60)}, wrong, 1007},
                    bad_opening{"AnEmptyMessage", {""}, wrong, 1007},
                    bad_opening{"DeepNesting", {std::string(60'000, '[')}, wrong, 1007}),
    [](const auto& row) { return row.param.why; });

TEST_F(CallerLeg, CountsMessagesThatCannotBeRead) {
  socket->say("{");
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="twilio"})"), 1);
}

TEST_F(CallerLeg, CountsEventsItDoesNotKnowAndGoesOn) {
  begin();
  socket->say(R"({"event":"surprise","streamSid":"MZ00000000000000000000000000000001"})");
  settle();
  EXPECT_EQ(counted(R"(tonris_unknown_messages_total{wire="twilio"})"), 1);
  EXPECT_TRUE(alive(subject));
  EXPECT_TRUE(socket->open());
}

struct odd_message {
  std::string why, text;
};
class CallerLegPassesOver : public CallerLeg, public testing::WithParamInterface<odd_message> {};

TEST_P(CallerLegPassesOver, AndCountsIt) {
  begin();
  agent_arrives();
  socket->say(GetParam().text);
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="twilio"})"), 1);
  EXPECT_TRUE(socket->open());
  EXPECT_THAT(told->caller_ended, IsEmpty());
  heard->audio.clear();
  socket->say(twilio_media(ulaw(160), 2));
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(160))) << "the call goes on";
}
INSTANTIATE_TEST_SUITE_P(
    Wire, CallerLegPassesOver,
    testing::Values(odd_message{"AKeyThatIsAPause", R"({"event":"dtmf","dtmf":{"digit":"w"}})"},
                    odd_message{"AKeyWithoutADigit", R"({"event":"dtmf","dtmf":{}})"},
                    odd_message{"AMarkWithoutAName", R"({"event":"mark","mark":{}})"},
                    odd_message{"AMarkWithoutABody", R"({"event":"mark"})"},
                    odd_message{"AChunkThatIsAFraction",
                                R"({"event":"media","media":{"payload":"////","chunk":1.5,"timestamp":"20"}})"},
                    odd_message{"ATrackThatIsANumber", R"({"event":"media","media":{"payload":"////","track":1}})"},
                    odd_message{"AudioThatIsNoBase64", R"({"event":"media","media":{"payload":"A-_A"}})"},
                    odd_message{"MediaWithoutABody", R"({"event":"media"})"},
                    odd_message{"TheSameStartAgain", twilio_start()},
                    odd_message{"AStartWithoutACall", R"({"event":"start","start":{}})"},
                    odd_message{"AStopForAnotherCall", twilio_stop(another_call)},
                    odd_message{"AnOddVersion", R"({"event":"connected","version":1})"}),
    [](const auto& row) { return row.param.why; });

TEST_F(CallerLeg, PassesOverAKeyAndAMarkBeforeItsStart) {
  socket->say(twilio_key('1'));
  socket->say(twilio_mark("g1:0"));
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="twilio"})"), 2);
  begin();
  EXPECT_EQ(told->keys, "");
}

TEST_F(CallerLeg, TakesAnOddStopForAHangUp) {
  begin();
  socket->say(R"({"event":"stop","stop":{"callSid":"CA1"}})");
  settle();
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].how, caller_leg_end::stopped);
}

TEST_F(CallerLeg, IgnoresWhatComesAfterItClosed) {
  begin();
  agent_arrives();
  socket->answers_close = false;
  caf::anon_send(subject, close_leg{});
  settle();
  ASSERT_EQ(socket->close_code, 1000);
  socket->say(twilio_media("////"));
  socket->say("garbage");
  socket->say(twilio_stop());
  play(ulaw(160));
  settle();
  EXPECT_THAT(heard->audio, IsEmpty());
  EXPECT_THAT(socket->sent, IsEmpty());
  EXPECT_THAT(told->caller_ended, IsEmpty()) << "the last word comes when the socket has ended";
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="twilio"})"), 0);
  socket->answers_close = true;
  settle();
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].how, caller_leg_end::closed_by_us);
}

// --- the end

TEST_F(CallerLeg, SaysThatTheCallerHungUpWhenTwilioStops) {
  begin();
  socket->say(twilio_stop());
  settle();
  EXPECT_EQ(socket->close_code, 1000);
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].how, caller_leg_end::stopped);
  EXPECT_FALSE(alive(subject));
}

TEST_F(CallerLeg, TakesAStopThatNamesNoCallForItsOwn) {
  begin();
  socket->say(R"({"event":"stop","sequenceNumber":"9","stop":{},"streamSid":"MZ00000000000000000000000000000001"})");
  settle();
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].how, caller_leg_end::stopped);
}

struct socket_ending {
  std::string why;
  net::errc end;
  end_reason reason;
  int bad_messages;
};
class CallerLegEnds : public CallerLeg, public testing::WithParamInterface<socket_ending> {};

TEST_P(CallerLegEnds, WithTheReasonOfItsSocket) {
  begin();
  socket->end(GetParam().end);
  settle();
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].how, caller_leg_end::failed);
  EXPECT_EQ(told->caller_ended[0].reason, GetParam().reason);
  EXPECT_EQ(counted(R"(tonris_bad_messages_total{wire="twilio"})"), GetParam().bad_messages);
  EXPECT_FALSE(alive(subject));
}
INSTANTIATE_TEST_SUITE_P(Network, CallerLegEnds,
                         testing::Values(socket_ending{"Reset", net::errc::reset, end_reason::stream_lost, 0},
                                         socket_ending{"ClosedWithoutStop", net::errc::closed, end_reason::stream_lost,
                                                       0},
                                         socket_ending{"Silent", net::errc::idle_timeout, end_reason::stream_lost, 0},
                                         socket_ending{"Binary", net::errc::not_text, wrong, 1},
                                         socket_ending{"NotUtf8", net::errc::bad_utf8, wrong, 1},
                                         socket_ending{"Oversize", net::errc::too_big, wrong, 1},
                                         socket_ending{"BrokenFrames", net::errc::protocol_error, wrong, 1}),
                         [](const auto& row) { return row.param.why; });

TEST_F(CallerLeg, EndsWhenTheCallerDoesNotTakeHisAudio) {
  begin();
  socket->full = true;
  play(ulaw(160));
  settle();
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].reason, end_reason::slow_caller);
  EXPECT_EQ(bridge->counters->read().dropped, 1u);
  EXPECT_EQ(bridge->counters->read().frames_to_caller, 0u);
}

TEST_F(CallerLeg, OwesNeverMoreThanThatAndAMinute) {
  begin();
  socket->stuck = true;
  for (int i = 0; i < 2; ++i) play(ulaw(2 * 1024 * 1024));
  settle();
  EXPECT_EQ(socket->close_code, 1013);
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].reason, end_reason::slow_caller);
}

TEST_F(CallerLeg, IsCutWhenItsCallEnds) {
  begin();
  caf::anon_send_exit(call, caf::exit_reason::kill);
  settle();
  EXPECT_FALSE(alive(subject));
  EXPECT_TRUE(socket->aborted);
  EXPECT_EQ(bridge->caller, nullptr);
}

TEST_F(CallerLeg, LetsGoOfItsSocketWhenItEnds) {
  begin();
  socket->say(twilio_stop());
  settle();
  // The actor is still referenced here; what it held must be gone all the same, since its last handle is dropped on
  // some other thread and a socket belongs to its loop.
  ASSERT_FALSE(alive(subject));
  sockets.clear();
  EXPECT_EQ(socket.use_count(), 1);
}

TEST_F(CallerLeg, DiesAloneOfAnException) {
  begin();
  socket->throws_on_send = true;
  play(ulaw(160));
  settle();
  EXPECT_FALSE(alive(subject));
  EXPECT_TRUE(alive(call));
  EXPECT_TRUE(alive(peer));
  EXPECT_TRUE(socket->aborted);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.twilio_socket"})"), 1);
}

TEST_F(CallerLeg, TellsEveryKey) {
  begin();
  for (const char key : std::string{"12*#"}) socket->say(twilio_key(key));
  settle();
  EXPECT_EQ(told->keys, "12*#");
}

// --- audio to the caller

TEST_F(CallerLeg, PlaysNothingBeforeTheStreamStarts) {
  play(ulaw(160));
  leg_of(subject).deliver(agent_interrupted{});
  tick();
  EXPECT_THAT(socket->sent, IsEmpty());
}

// --- whole frames of 20 ms

TEST_F(CallerLeg, HoldsWhatIsLeftOfAChunkForTheNextOne) {
  begin();
  for (const auto size : {410u, 1230u, 492u}) play(ulaw(size));
  EXPECT_THAT(pieces(), ElementsAre(320, 1280, 480));
  pass(39ms);
  EXPECT_EQ(pieces().size(), 3u);
  pass(1ms);
  EXPECT_THAT(pieces(), ElementsAre(320, 1280, 480, 52)) << "nothing came to make it whole";
}

TEST_F(CallerLeg, WaitsWithTheRestFromItsNewestChunkOn) {
  begin();
  play(ulaw(170));
  pass(30ms);
  play(ulaw(170));
  pass(30ms);
  EXPECT_THAT(pieces(), ElementsAre(160, 160));
  pass(10ms);
  EXPECT_THAT(pieces(), ElementsAre(160, 160, 20));
  pass(1s);
  EXPECT_EQ(pieces().size(), 3u);
}

TEST_F(CallerLeg, PlaysNoRestOfWhatWasInterrupted) {
  begin();
  play(ulaw(999));
  leg_of(subject).deliver(agent_interrupted{});
  pass(1s);
  EXPECT_THAT(pieces(), ElementsAre(960));
}

// --- playing out

TEST_F(CallerLeg, HasPlayedOutWhenTheLastMarkComesBack) {
  begin();
  for (int i = 0; i < 13; ++i) play(ulaw(160));
  caf::anon_send(subject, play_out{});
  settle();
  EXPECT_EQ(socket->sent.back(), mark_out("g1:260")) << "the tail is marked at once";
  socket->say(twilio_mark("g1:200"));
  settle();
  EXPECT_EQ(told->played_out, 0);
  socket->say(twilio_mark("g1:260"));
  settle();
  EXPECT_EQ(told->played_out, 1);
  pass(11s);
  EXPECT_EQ(told->played_out, 1) << "once is enough";
}

TEST_F(CallerLeg, HasPlayedOutWhenTheTimeForItIsOver) {
  begin();
  for (int second = 0; second < 20; ++second) play(ulaw(8000));
  caf::anon_send(subject, play_out{});
  pass(22900ms);
  EXPECT_EQ(told->played_out, 0);
  pass(200ms);
  EXPECT_EQ(told->played_out, 1);
}

TEST_F(CallerLeg, SaysItsLimitsAreTwilios) {
  const auto limits = twilio_socket_limits();
  EXPECT_EQ(limits.max_message_bytes, 64u * 1024);
  EXPECT_EQ(limits.idle, 30s);
  EXPECT_EQ(limits.ping_every, 10s);
}

// --- measured

TEST_F(CallerLeg, CountsOnceHowLongTheCallerWaitedForTheFirstAudio) {
  begin();
  agent_arrives();
  const auto one_frame = model::to_base64(std::vector<std::uint8_t>(160, std::uint8_t{0x55}));
  for (int i = 1; i <= 30; ++i) socket->say(twilio_media(one_frame, i));  // 0.6 s of his
  EXPECT_EQ(counted("tonris_first_audio_seconds_count"), 0);
  play(model::to_base64(std::vector<std::uint8_t>(80, std::uint8_t{0x55})));
  EXPECT_EQ(counted("tonris_first_audio_seconds_count"), 0) << "less than a frame is not sent yet";
  play(one_frame);
  play(one_frame);
  EXPECT_EQ(counted("tonris_first_audio_seconds_count"), 1);
  EXPECT_EQ(counted("tonris_first_audio_seconds_sum"), 0.6);
}

TEST_F(CallerLeg, CountsHowLongEachEighthFrameStays) {
  begin();
  agent_arrives();
  const auto one_frame = model::to_base64(std::vector<std::uint8_t>(160, std::uint8_t{0x55}));
  for (int i = 1; i <= 20; ++i) socket->say(twilio_media(one_frame, i));
  counters.of<leg_metrics>().added_latency.gather();
  EXPECT_EQ(counted("tonris_added_latency_seconds_count"), 2);
}

}  // namespace
}  // namespace tonris::actors::test
