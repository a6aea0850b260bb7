#include "actors/leg/caller_leg.hpp"

#include "tests/actors/leg/leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CallerLeg : public LegTest {
 protected:
  void SetUp() override {
    LegTest::SetUp();
    socket = make_socket();
    caller_leg::config with;
    with.call = call;
    with.socket = socket;
    with.services = &services;
    with.bridge = bridge;
    with.call_sid = some_call;
    with.account_sid = some_account;
    subject = track(spawn_on<actors::caller_leg>(system, unit, std::move(with)));
    settle();
    ASSERT_TRUE(socket->started);
  }
  void begin() {
    socket->say(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
    socket->say(twilio_start());
    settle();
    ASSERT_EQ(told->started.size(), 1u);
  }
  void agent_arrives() { bridge->agent = &leg_of(peer); }
  void play(std::string_view payload) {
    leg_of(subject).run([&] { leg_of(subject).hear(payload); });
  }

  /// The audio that was sent, message by message, in bytes.
  [[nodiscard]] std::vector<std::size_t> pieces() const {
    std::vector<std::size_t> sizes;
    for (const auto& message : socket->sent)
      if (const auto media = model::twilio::find_media(message))
        sizes.push_back(model::decoded_size(media->payload).value_or(0));
    return sizes;
  }

  void expect_failure(end_reason reason, std::uint16_t close_code) {
    settle();
    EXPECT_EQ(socket->close_code, close_code);
    ASSERT_EQ(told->caller_ended.size(), 1u);
    EXPECT_EQ(told->caller_ended[0].how, caller_leg_end::failed);
    EXPECT_EQ(told->caller_ended[0].reason, reason) << to_string(told->caller_ended[0].reason);
    EXPECT_FALSE(alive(subject));
    EXPECT_EQ(bridge->caller, nullptr);
  }
};

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

TEST_F(CallerLeg, TakesTheAudioOfAFrameWithAnOddCounter) {
  begin();
  agent_arrives();
  socket->say(R"({"event":"media","media":{"payload":"VVVV","chunk":"1.5"}})");
  EXPECT_THAT(heard->audio, ElementsAre("VVVV"));
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

TEST_F(CallerLeg, OwesNoMoreThanAMinuteForLong) {
  begin();
  socket->stuck = true;
  for (int second = 0; second < 60; ++second) play(ulaw(8000));
  EXPECT_LT(socket->queued_bytes(), caller_socket_bytes + 16 * 1024);
  tick(50);
  EXPECT_EQ(bridge->counters->read().dropped, 0u);
  for (int second = 0; second < 20; ++second) play(ulaw(8000));
  tick(20);
  EXPECT_TRUE(socket->open());
  tick();
  EXPECT_EQ(socket->close_code, 1013);
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].reason, end_reason::slow_caller);
  EXPECT_GE(bridge->counters->read().dropped, 60u);
}

TEST_F(CallerLeg, OwesALongMessageWholeToACallerWhoReads) {
  begin();
  socket->stuck = true;
  play(ulaw(3 * 1024 * 1024));  // more than six minutes at once
  tick(15);
  socket->read_all();
  tick(50);
  pass(rest_limit);
  EXPECT_TRUE(socket->open());
  EXPECT_EQ(bridge->counters->read().dropped, 0u);
  std::size_t bytes = 0;
  for (const auto& message : socket->sent)
    if (const auto media = model::twilio::find_media(message)) bytes += model::decoded_size(media->payload).value_or(0);
  EXPECT_EQ(bytes, 3u * 1024 * 1024);
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

// --- audio from the caller

TEST_F(CallerLeg, HandsFramesToTheAgentAsTheyCame) {
  begin();
  agent_arrives();
  for (int i = 1; i <= 20; ++i) socket->say(twilio_media(ulaw(160, static_cast<std::uint8_t>(i)), i));
  ASSERT_EQ(heard->audio.size(), 20u);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(heard->audio[i], ulaw(160, static_cast<std::uint8_t>(i + 1)));
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 20u);
  EXPECT_GT(bridge->counters->added_latency.count(), 0u);
}

TEST_F(CallerLeg, HandsOnNoEmptyFrame) {
  begin();
  agent_arrives();
  socket->say(twilio_media(""));
  EXPECT_TRUE(heard->audio.empty());
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 0u);
}

TEST_F(CallerLeg, KeepsFramesWhileNoAgentHears) {
  begin();
  for (int i = 1; i <= 3; ++i) socket->say(twilio_media(ulaw(160), i));
  EXPECT_EQ(bridge->backlog.frames(), 3u);
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 3u);
}

TEST_F(CallerLeg, KeepsFiveSecondsAtMost) {
  begin();
  for (int i = 1; i <= 300; ++i) socket->say(twilio_media(ulaw(160), i));
  EXPECT_EQ(bridge->backlog.bytes(), 40'000u);
  EXPECT_EQ(bridge->backlog.take_dropped(), 50u);
}

// --- frames that are missing, and frames that are late

TEST_F(CallerLeg, FillsWhatTimestampsSayIsMissing) {
  begin();
  agent_arrives();
  socket->say(twilio_media(ulaw(160), 1));
  socket->say(twilio_media(ulaw(160), 13));  // eleven of 20 ms are missing: 220 ms
  ASSERT_EQ(heard->audio.size(), 5u);
  EXPECT_EQ(heard->audio[1], ulaw(800, 0xFF));
  EXPECT_EQ(heard->audio[2], ulaw(800, 0xFF));
  EXPECT_EQ(heard->audio[3], ulaw(160, 0xFF));
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 2u);
}

TEST_F(CallerLeg, KeepsASecondOfAGapAtMostForAnAgentWhoIsNotThereYet) {
  begin();
  socket->say(twilio_media(ulaw(160), 1));
  socket->say(twilio_media(ulaw(160), 301));
  EXPECT_EQ(bridge->backlog.bytes(), 8000u + 2 * 160);
}

TEST_F(CallerLeg, LeavesOutSilenceThatComesLate) {
  begin();
  agent_arrives();
  socket->say(twilio_media(ulaw(160), 1));
  for (int i = 0; i < 12; ++i) (void)bridge->gaps.tick();  // the agent leg fills in 100 ms
  for (int chunk = 2; chunk <= 6; ++chunk) socket->say(twilio_media(ulaw(160, 0x20), chunk));
  EXPECT_EQ(heard->audio.size(), 6u) << "speech reaches the agent whole";
  for (int chunk = 7; chunk <= 20; ++chunk) socket->say(twilio_media(ulaw(160, 0xFF), chunk));
  EXPECT_EQ(heard->audio.size(), 6u + 14 - 5) << "and 100 ms of the pause behind it are taken back";
}

TEST_F(CallerLeg, DoesNotHandTheAgentItsOwnAudio) {
  begin();
  agent_arrives();
  auto outbound = twilio_media(ulaw(160));
  outbound.replace(outbound.find("inbound"), 7, "outbound");
  socket->say(outbound);
  EXPECT_THAT(heard->audio, IsEmpty());
}

TEST_F(CallerLeg, TellsEveryKey) {
  begin();
  for (const char key : std::string{"12*#"}) socket->say(twilio_key(key));
  settle();
  EXPECT_EQ(told->keys, "12*#");
}

// --- audio to the caller

TEST_F(CallerLeg, SendsAudioByteForByteAsTwilioWantsIt) {
  begin();
  play(ulaw(160));
  EXPECT_THAT(socket->sent, ElementsAre(media_out(ulaw(160))));
  EXPECT_EQ(bridge->counters->read().frames_to_caller, 1u);
}

TEST_F(CallerLeg, PlaysNothingBeforeTheStreamStarts) {
  play(ulaw(160));
  leg_of(subject).deliver(agent_interrupted{});
  tick();
  EXPECT_THAT(socket->sent, IsEmpty());
}

TEST_F(CallerLeg, PutsAMarkBehindEvery200MillisecondsInTheSameWrite) {
  begin();
  for (int i = 0; i < 20; ++i) play(ulaw(160));
  ASSERT_EQ(socket->sent.size(), 22u);
  EXPECT_EQ(socket->sent[10], mark_out("g1:200"));
  EXPECT_EQ(socket->sent[21], mark_out("g1:400"));
  EXPECT_EQ(socket->writes, 20u);
}

TEST_F(CallerLeg, PutsAMarkBehindATailOnceTheAgentPauses) {
  begin();
  for (int i = 0; i < 3; ++i) play(ulaw(160));
  tick(2);
  ASSERT_EQ(socket->sent.size(), 4u);
  EXPECT_EQ(socket->sent[3], mark_out("g1:60"));
  tick(5);
  EXPECT_EQ(socket->sent.size(), 4u) << "one mark behind one tail";
}

TEST_F(CallerLeg, SendsNoExtraMarksWhileTheAgentSpeaksInRealTime) {
  begin();
  for (int i = 0; i < 50; ++i) {  // one second
    play(ulaw(160));
    if (i % 5 == 4) tick();
  }
  const auto marks = std::count_if(socket->sent.begin(), socket->sent.end(),
                                   [](const std::string& text) { return text.find(R"("mark")") != text.npos; });
  EXPECT_EQ(marks, 5);
}

TEST_F(CallerLeg, SplitsLongAudioIntoWholeFrames) {
  begin();
  std::vector<std::uint8_t> speech(20'001);
  for (std::size_t i = 0; i < speech.size(); ++i) speech[i] = static_cast<std::uint8_t>(i * 7);
  play(model::to_base64(speech));
  pass(rest_limit);
  tick(2);
  std::vector<std::uint8_t> played;
  for (const auto& text : socket->sent) {
    const auto at = text.find(R"("payload":")");
    if (at == text.npos) continue;
    const auto payload = text.substr(at + 11, text.size() - at - 11 - 3);
    const auto before = played.size();
    ASSERT_TRUE(model::append_decoded(payload, played));
    const auto size = played.size() - before;
    EXPECT_LE(size, 7'680u);
    EXPECT_TRUE(size % 160 == 0 || played.size() == speech.size()) << size;
  }
  EXPECT_EQ(played, speech);
  EXPECT_EQ(socket->sent.back(), mark_out("g1:2500"));
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

TEST_F(CallerLeg, PlaysTheRestAtOnceWhenTheConversationIsOver) {
  begin();
  play(ulaw(999));
  caf::anon_send(subject, play_out{});
  settle();
  EXPECT_THAT(pieces(), ElementsAre(960, 39));
  EXPECT_EQ(socket->sent.back(), mark_out("g1:124"));
}

TEST_F(CallerLeg, PlaysNoRestOfWhatWasInterrupted) {
  begin();
  play(ulaw(999));
  leg_of(subject).deliver(agent_interrupted{});
  pass(1s);
  EXPECT_THAT(pieces(), ElementsAre(960));
}

TEST_F(CallerLeg, PassesWholeChunksTextForText) {
  begin();
  for (const auto size : {160u, 1600u, 4000u, 160u}) play(ulaw(size));
  EXPECT_THAT(pieces(), ElementsAre(160, 1600, 4000, 160));
  play(ulaw(16'000));
  EXPECT_THAT(pieces(), ElementsAre(160, 1600, 4000, 160, 7680, 7680, 640));
}

// --- far ahead of the caller's ear

TEST_F(CallerLeg, KeepsBackWhatTwilioWouldThrowAway) {
  begin();
  for (int second = 0; second < 700; ++second) play(ulaw(8000));
  const auto sent = [this] {
    std::size_t ms = 0;
    for (const auto piece : pieces()) ms += piece / 8;
    return ms;
  };
  EXPECT_GE(sent(), 570'000u);
  EXPECT_LT(sent(), 571'000u);
  tick(50);
  EXPECT_TRUE(socket->open()) << "Twilio takes all it is given: nobody is slow";
  EXPECT_LT(sent(), 571'000u);
  caf::anon_send(subject, play_out{});
  socket->say(twilio_mark("g1:100000"));
  tick();
  EXPECT_GE(sent(), 670'000u);
  EXPECT_LT(sent(), 671'000u);
  EXPECT_EQ(told->played_out, 0) << "some of it waits still";
  socket->say(twilio_mark("g1:600000"));
  tick();
  EXPECT_EQ(sent(), 700'000u);
  EXPECT_EQ(bridge->counters->read().dropped, 0u);
}

TEST_F(CallerLeg, DropsAndCountsWhatAnAgentSaysAQuarterOfAnHourAhead) {
  begin();
  for (int second = 0; second < 1100; ++second) play(ulaw(8000));
  EXPECT_TRUE(socket->open());
  EXPECT_GT(bridge->counters->read().dropped, 0u);
}

TEST_F(CallerLeg, SendsNoEmptyAudio) {
  begin();
  play("");
  EXPECT_THAT(socket->sent, IsEmpty());
}

TEST_F(CallerLeg, ClearsWhenTheCallerInterruptsEvenWithNothingQueued) {
  begin();
  leg_of(subject).deliver(agent_interrupted{});
  EXPECT_THAT(socket->sent, ElementsAre(clear_out()));
}

TEST_F(CallerLeg, BelievesNoMarkFromBeforeAClear) {
  begin();
  for (int i = 0; i < 10; ++i) play(ulaw(160));
  leg_of(subject).deliver(agent_interrupted{});
  socket->say(twilio_mark("g1:200"));  // Twilio echoes what it threw away
  EXPECT_EQ(bridge->counters->read().heard_ms, 0u);
  for (int i = 0; i < 10; ++i) play(ulaw(160));
  EXPECT_EQ(socket->sent.back(), mark_out("g2:200"));
  socket->say(twilio_mark("g2:200"));
  EXPECT_EQ(bridge->counters->read().heard_ms, 200u);
}

// --- playing out

TEST_F(CallerLeg, HasPlayedOutAtOnceWhenNothingIsQueued) {
  begin();
  caf::anon_send(subject, play_out{});
  settle();
  EXPECT_EQ(told->played_out, 1);
}

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

struct last_words {
  std::string name;
  int seconds;  ///< queued in one burst
  int heard;    ///< of them, by mark, when their agent is gone
  caf::timespan waits;
};
class CallerLegPlaysOut : public CallerLeg, public testing::WithParamInterface<last_words> {};

TEST_P(CallerLegPlaysOut, WhatIsQueuedAndALittleForTheNetwork) {
  const auto& row = GetParam();
  begin();
  for (int second = 0; second < row.seconds; ++second) play(ulaw(8000));
  if (row.heard > 0) socket->say(twilio_mark("g1:" + std::to_string(1000 * row.heard)));
  caf::anon_send(subject, play_out{});
  pass(row.waits - 100ms);
  EXPECT_EQ(told->played_out, 0);
  pass(200ms);
  EXPECT_EQ(told->played_out, 1);
}
INSTANTIATE_TEST_SUITE_P(LastWords, CallerLegPlaysOut,
                         testing::Values(last_words{"Short", 1, 0, 4s}, last_words{"Long", 20, 0, 23s},
                                         last_words{"HeardInPart", 20, 15, 8s}, last_words{"VeryLong", 110, 0, 113s},
                                         last_words{"WithoutEnd", 150, 0, 120s}),
                         [](const auto& row) { return row.param.name; });

TEST_F(CallerLeg, HasNotPlayedOutWhileASlowSocketOwesTheRest) {
  begin();
  socket->stuck = true;
  for (int second = 0; second < 40; ++second) play(ulaw(8000));
  caf::anon_send(subject, play_out{});
  settle();
  const auto marks = [this] {
    std::string last;
    for (const std::string_view text : socket->sent)
      if (const auto at = text.find("g1:"); at != text.npos) last = text.substr(at, text.find('"', at) - at);
    return last;
  };
  socket->say(twilio_mark(marks()));
  settle();
  EXPECT_EQ(told->played_out, 0) << "half a minute waits here";
  socket->read_all();
  tick(3);
  socket->say(twilio_mark(marks()));
  settle();
  EXPECT_EQ(told->played_out, 1);
}

TEST_F(CallerLeg, SaysItsLimitsAreTwilios) {
  const auto limits = twilio_socket_limits();
  EXPECT_EQ(limits.max_message_bytes, 64u * 1024);
  EXPECT_EQ(limits.idle, 30s);
  EXPECT_EQ(limits.ping_every, 10s);
}

}  // namespace
}  // namespace tonris::actors::test
