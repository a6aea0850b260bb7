#include "actors/leg/caller_playback.hpp"

#include "model/audio/hold_tone.hpp"
#include "tests/actors/counting_allocator.hpp"
#include "tests/actors/leg/leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::ElementsAre;
using testing::IsEmpty;

/// What one stream's caller is played, without a leg.
class CallerPlayback : public testing::Test, protected caller_playback::listener {
 protected:
  static std::string ulaw(std::size_t bytes, std::uint8_t value = 0x55) {
    return model::to_base64(std::vector<std::uint8_t>(bytes, value));
  }
  void play(std::size_t bytes, int times = 1) {
    for (const auto audio = ulaw(bytes); times > 0; --times) subject.play(audio);
  }
  void tick(int times = 1, bool agent_is_there = true) {
    for (; times > 0; --times) subject.tick(agent_is_there);
  }
  void caller_hears(std::string_view mark) { (void)subject.marked(mark); }

  /// The audio that was sent, message by message, in bytes.
  [[nodiscard]] std::vector<std::size_t> pieces() const {
    std::vector<std::size_t> sizes;
    for (const auto& message : socket->sent)
      if (const auto media = model::twilio::find_media(message))
        sizes.push_back(model::decoded_size(media->payload).value_or(0));
    return sizes;
  }
  [[nodiscard]] std::size_t sent_bytes() const {
    std::size_t sum = 0;
    for (const auto piece : pieces()) sum += piece;
    return sum;
  }
  [[nodiscard]] std::string last_mark() const {
    std::string last;
    for (const std::string_view text : socket->sent)
      if (const auto at = text.find("g1:"); at != text.npos) last = text.substr(at, text.find('"', at) - at);
    return last;
  }
  [[nodiscard]] std::size_t beeps() const {
    return static_cast<std::size_t>(std::count_if(socket->sent.begin(), socket->sent.end(), [](const auto& message) {
      const auto media = model::twilio::find_media(message);
      return media && media->payload.size() == model::hold_tone_piece(0).size();
    }));
  }

  [[nodiscard]] media_counters::heard_clock::time_point now() const override { return time; }
  void hold_tone_has_changed(bool on) override { hold_tone.push_back(on); }
  void has_played_out() override { ++played_out; }
  void cannot_play(end_reason reason, std::string_view, std::uint16_t code) override {
    given_up.push_back(reason);
    close_code = code;
    socket->close(code, {});  // as the leg does
  }

  media_counters::heard_clock::time_point time{5min};
  net::loop io{"never-started"};
  std::shared_ptr<fake_websocket> socket = std::make_shared<fake_websocket>(io);
  media_counters counters;
  model::playback_meter meter;
  caller_playback subject{some_stream, *socket, counters, meter, *this};

  std::vector<bool> hold_tone;
  int played_out = 0;
  std::vector<end_reason> given_up;
  std::uint16_t close_code = 0;
};

// --- the tones of keys

TEST_F(CallerPlayback, PlaysWhatTheAgentSaysMeanwhileBehindTheTones) {
  const auto tones = ulaw(1600, 0x11);  // 200 ms
  subject.play_keys(tones);
  subject.play(ulaw(160));
  EXPECT_THAT(pieces(), ElementsAre(1600));
  tick();
  EXPECT_THAT(pieces(), ElementsAre(1600));
  tick();
  EXPECT_THAT(pieces(), ElementsAre(1600, 160));
  subject.play(ulaw(320));
  EXPECT_THAT(pieces(), ElementsAre(1600, 160, 320));
}

TEST_F(CallerPlayback, PlaysTonesToTheirEndThoughTheCallerSpeaks) {
  subject.play_keys(ulaw(1600, 0x11));
  subject.play(ulaw(160));
  subject.clear();
  EXPECT_THAT(socket->sent, testing::Not(testing::Contains(clear_out())));
  tick(3);
  EXPECT_THAT(pieces(), ElementsAre(1600)) << "what the agent said is void";
  subject.clear();
  EXPECT_EQ(socket->sent.back(), clear_out());
}

TEST_F(CallerPlayback, PlaysTonesBehindWhatTheAgentHasSaid) {
  play(8000);
  subject.play_keys(ulaw(1600, 0x11));
  subject.play(ulaw(160));
  tick(11);
  EXPECT_EQ(sent_bytes(), 9600u) << "the second before, and the tones";
  tick();
  EXPECT_EQ(sent_bytes(), 9760u);
}

TEST_F(CallerPlayback, HasPlayedOutOnlyWhenWhatStandsBehindTonesIsHeard) {
  subject.play_keys(ulaw(1600, 0x11));
  subject.play(ulaw(1600));
  EXPECT_GT(subject.begin_play_out().value_or(0s), 400ms);
  caller_hears(last_mark());
  EXPECT_EQ(played_out, 0);
  tick(3);
  caller_hears(last_mark());
  EXPECT_EQ(played_out, 1);
}

// --- audio and marks

TEST_F(CallerPlayback, SendsAudioByteForByteAsTwilioWantsIt) {
  play(160);
  EXPECT_THAT(socket->sent, ElementsAre(media_out(ulaw(160))));
  EXPECT_EQ(counters.read().frames_to_caller, 1u);
}

TEST_F(CallerPlayback, SendsNoEmptyAudio) {
  subject.play("");
  EXPECT_THAT(socket->sent, IsEmpty());
}

TEST_F(CallerPlayback, PutsAMarkBehindEvery200MillisecondsInTheSameWrite) {
  play(160, 20);
  ASSERT_EQ(socket->sent.size(), 22u);
  EXPECT_EQ(socket->sent[10], mark_out("g1:200"));
  EXPECT_EQ(socket->sent[21], mark_out("g1:400"));
  EXPECT_EQ(socket->writes, 20u);
}

TEST_F(CallerPlayback, PutsAMarkBehindATailOnceTheAgentPauses) {
  play(160, 3);
  tick(2);
  ASSERT_EQ(socket->sent.size(), 4u);
  EXPECT_EQ(socket->sent[3], mark_out("g1:60"));
  tick(5);
  EXPECT_EQ(socket->sent.size(), 4u) << "one mark behind one tail";
}

TEST_F(CallerPlayback, SendsNoExtraMarksWhileTheAgentSpeaksInRealTime) {
  for (int i = 0; i < 10; ++i) {  // one second
    play(160, 5);
    tick();
  }
  const auto marks = std::count_if(socket->sent.begin(), socket->sent.end(),
                                   [](const std::string& text) { return text.find(R"("mark")") != text.npos; });
  EXPECT_EQ(marks, 5);
}

TEST_F(CallerPlayback, KnowsByMarksWhatTheCallerHasHeardAndWhen) {
  play(160, 10);
  caller_hears("g1:200");
  EXPECT_EQ(counters.read().heard_ms, 200u);
  EXPECT_EQ(counters.last_heard(), now());
}

TEST_F(CallerPlayback, IsQuietWhenTheCallerMustHaveHeardItAll) {
  EXPECT_TRUE(subject.is_quiet());
  play(1600);
  tick();
  EXPECT_FALSE(subject.is_quiet());
  tick();
  EXPECT_TRUE(subject.is_quiet());
}

TEST_F(CallerPlayback, ClearsWhenTheCallerInterruptsEvenWithNothingQueued) {
  subject.clear();
  EXPECT_THAT(socket->sent, ElementsAre(clear_out()));
}

TEST_F(CallerPlayback, BelievesNoMarkFromBeforeAClear) {
  play(160, 10);
  subject.clear();
  caller_hears("g1:200");  // Twilio echoes what it threw away
  EXPECT_EQ(counters.read().heard_ms, 0u);
  play(160, 10);
  EXPECT_EQ(socket->sent.back(), mark_out("g2:200"));
  caller_hears("g2:200");
  EXPECT_EQ(counters.read().heard_ms, 200u);
}

TEST_F(CallerPlayback, AllocatesNothingForAFrameOrItsMark) {
  socket->record = false;
  const auto frame = ulaw(160);
  for (int i = 0; i < 20; ++i) subject.play(frame);
  EXPECT_EQ(allocated_by([&] {
              for (int i = 0; i < 500; ++i) {
                subject.play(frame);
                if (i % 5 == 4) subject.tick(true);
              }
            }),
            0u);
}

// --- whole frames of 20 ms

TEST_F(CallerPlayback, HoldsWhatIsLeftOfAChunkForTheNextOne) {
  for (const auto size : {410u, 1230u, 492u}) play(size);
  EXPECT_THAT(pieces(), ElementsAre(320, 1280, 480));
  EXPECT_TRUE(subject.holds_rest());
  subject.play_rest();
  EXPECT_THAT(pieces(), ElementsAre(320, 1280, 480, 52));
  EXPECT_FALSE(subject.holds_rest());
}

TEST_F(CallerPlayback, PassesWholeChunksTextForText) {
  for (const auto size : {160u, 1600u, 4000u, 160u}) play(size);
  EXPECT_THAT(pieces(), ElementsAre(160, 1600, 4000, 160));
  play(16'000);
  EXPECT_THAT(pieces(), ElementsAre(160, 1600, 4000, 160, 7680, 7680, 640));
}

TEST_F(CallerPlayback, SplitsLongAudioIntoWholeFrames) {
  std::vector<std::uint8_t> speech(20'001);
  for (std::size_t i = 0; i < speech.size(); ++i) speech[i] = static_cast<std::uint8_t>(i * 7);
  subject.play(model::to_base64(speech));
  subject.play_rest();
  tick(2);
  std::vector<std::uint8_t> played;
  for (const auto& text : socket->sent) {
    const auto media = model::twilio::find_media(text);
    if (!media) continue;
    const auto before = played.size();
    ASSERT_TRUE(model::append_decoded(media->payload, played));
    const auto size = played.size() - before;
    EXPECT_LE(size, 7'680u);
    EXPECT_TRUE(size % 160 == 0 || played.size() == speech.size()) << size;
  }
  EXPECT_EQ(played, speech);
  EXPECT_EQ(socket->sent.back(), mark_out("g1:2500"));
}

TEST_F(CallerPlayback, ForgetsTheRestOfWhatWasInterrupted) {
  play(999);
  subject.clear();
  EXPECT_FALSE(subject.holds_rest());
  subject.play_rest();
  EXPECT_THAT(pieces(), ElementsAre(960));
}

// --- a slow socket

TEST_F(CallerPlayback, OwesNoMoreThanAMinuteForLong) {
  socket->stuck = true;
  play(8000, 60);
  EXPECT_LT(socket->queued_bytes(), caller_socket_bytes + 16 * 1024);
  tick(50);
  EXPECT_EQ(counters.read().dropped, 0u);
  play(8000, 20);
  tick(20);
  EXPECT_THAT(given_up, IsEmpty());
  tick();
  EXPECT_THAT(given_up, ElementsAre(end_reason::slow_caller));
  EXPECT_EQ(close_code, 1013);
  EXPECT_GE(counters.read().dropped, 60u);
}

TEST_F(CallerPlayback, OwesALongMessageWholeToACallerWhoReads) {
  socket->stuck = true;
  play(3 * 1024 * 1024);  // more than six minutes at once
  tick(15);
  socket->read_all();
  subject.drained();
  tick(50);
  subject.play_rest();
  EXPECT_THAT(given_up, IsEmpty());
  EXPECT_EQ(counters.read().dropped, 0u);
  EXPECT_EQ(sent_bytes(), 3u * 1024 * 1024);
}

TEST_F(CallerPlayback, OwesNeverMoreThanThatAndAMinute) {
  socket->stuck = true;
  play(2 * 1024 * 1024, 2);
  EXPECT_THAT(given_up, ElementsAre(end_reason::slow_caller)) << "once";
  EXPECT_EQ(close_code, 1013);
}

// --- far ahead of the caller's ear

TEST_F(CallerPlayback, KeepsBackWhatTwilioWouldThrowAway) {
  play(8000, 700);
  EXPECT_GE(sent_bytes(), 8 * 570'000u);
  EXPECT_LT(sent_bytes(), 8 * 571'000u);
  tick(50);
  EXPECT_THAT(given_up, IsEmpty()) << "Twilio takes all it is given: nobody is slow";
  EXPECT_LT(sent_bytes(), 8 * 571'000u);
  (void)subject.begin_play_out();
  caller_hears("g1:100000");
  tick();
  EXPECT_GE(sent_bytes(), 8 * 670'000u);
  EXPECT_LT(sent_bytes(), 8 * 671'000u);
  EXPECT_EQ(played_out, 0) << "some of it waits still";
  caller_hears("g1:600000");
  tick();
  EXPECT_EQ(sent_bytes(), 8 * 700'000u);
  EXPECT_EQ(counters.read().dropped, 0u);
}

TEST_F(CallerPlayback, DropsAndCountsWhatAnAgentSaysAQuarterOfAnHourAhead) {
  play(8000, 1100);
  EXPECT_THAT(given_up, IsEmpty());
  EXPECT_GT(counters.read().dropped, 0u);
}

TEST_F(CallerPlayback, GivesUpACallerOfWhomNoMarkComesBack) {
  play(8000);
  tick(10 + 99);
  EXPECT_THAT(given_up, IsEmpty());
  tick();
  EXPECT_THAT(given_up, ElementsAre(end_reason::caller_not_hearing));
  EXPECT_EQ(close_code, 1011);
}

// --- playing out

TEST_F(CallerPlayback, HasPlayedOutAtOnceWhenNothingIsQueued) {
  EXPECT_TRUE(subject.begin_play_out());
  EXPECT_EQ(played_out, 1);
}

TEST_F(CallerPlayback, HasPlayedOutWhenTheLastMarkComesBack) {
  play(160, 13);
  EXPECT_TRUE(subject.begin_play_out());
  EXPECT_EQ(socket->sent.back(), mark_out("g1:260")) << "the tail is marked at once";
  EXPECT_FALSE(subject.begin_play_out()) << "asked again";
  caller_hears("g1:200");
  EXPECT_EQ(played_out, 0);
  caller_hears("g1:260");
  EXPECT_EQ(played_out, 1);
  subject.end_play_out();
  EXPECT_EQ(played_out, 1) << "once is enough";
}

TEST_F(CallerPlayback, PlaysTheRestAtOnceWhenTheConversationIsOver) {
  play(999);
  (void)subject.begin_play_out();
  EXPECT_THAT(pieces(), ElementsAre(960, 39));
  EXPECT_EQ(socket->sent.back(), mark_out("g1:124"));
}

TEST_F(CallerPlayback, HasNotPlayedOutWhileASlowSocketOwesTheRest) {
  socket->stuck = true;
  play(8000, 40);
  (void)subject.begin_play_out();
  caller_hears(last_mark());
  EXPECT_EQ(played_out, 0) << "half a minute waits here";
  socket->read_all();
  subject.drained();
  tick(3);
  caller_hears(last_mark());
  EXPECT_EQ(played_out, 1);
}

struct last_words {
  std::string name;
  int seconds;  ///< queued in one burst
  int heard;    ///< of them, by mark, when their agent is gone
  std::chrono::seconds waits;
};
class CallerPlaybackPlaysOut : public CallerPlayback, public testing::WithParamInterface<last_words> {};

TEST_P(CallerPlaybackPlaysOut, WhatIsQueuedAndALittleForTheNetwork) {
  const auto& row = GetParam();
  play(8000, row.seconds);
  if (row.heard > 0) caller_hears("g1:" + std::to_string(1000 * row.heard));
  EXPECT_EQ(subject.begin_play_out(), row.waits);
  EXPECT_EQ(played_out, 0);
  subject.end_play_out();
  EXPECT_EQ(played_out, 1);
}
INSTANTIATE_TEST_SUITE_P(LastWords, CallerPlaybackPlaysOut,
                         testing::Values(last_words{"Short", 1, 0, 4s}, last_words{"Long", 20, 0, 23s},
                                         last_words{"HeardInPart", 20, 15, 8s}, last_words{"VeryLong", 110, 0, 113s},
                                         last_words{"WithoutEnd", 150, 0, 120s}),
                         [](const auto& row) { return row.param.name; });

// --- the hold tone

TEST_F(CallerPlayback, BeepsAfterASecondWithoutAgentOnePieceAhead) {
  tick(10, false);
  EXPECT_EQ(beeps(), 0u);
  tick(1, false);
  EXPECT_EQ(beeps(), 2u);
  EXPECT_THAT(hold_tone, ElementsAre(true));
  tick(5, false);
  EXPECT_EQ(beeps(), 7u);
}

TEST_F(CallerPlayback, BeepsOnlyWhenWhatTheAgentSaidIsOver) {
  play(8000);
  tick(10 + 9, false);
  EXPECT_EQ(beeps(), 0u);
  tick(1, false);
  EXPECT_EQ(beeps(), 2u);
}

TEST_F(CallerPlayback, StopsTheToneAndClearsItWhenAnAgentIsThere) {
  tick(12, false);
  tick();
  EXPECT_EQ(socket->sent.back(), clear_out());
  EXPECT_THAT(hold_tone, ElementsAre(true, false));
  const auto sent = socket->sent.size();
  tick(20);
  EXPECT_EQ(socket->sent.size(), sent);
}

TEST_F(CallerPlayback, StopsTheToneBeforeTheAgentsFirstWord) {
  tick(12, false);
  play(160);
  ASSERT_GE(socket->sent.size(), 2u);
  EXPECT_EQ(socket->sent[socket->sent.size() - 2], clear_out());
  EXPECT_EQ(socket->sent.back(), media_out(ulaw(160)));
  EXPECT_THAT(hold_tone, ElementsAre(true, false));
}

// --- the sound while the agent thinks

TEST_F(CallerPlayback, PlaysTheTenantsSoundOnePieceAheadUntilTheAgentSpeaks) {
  subject.begin_dead_air(model::dead_air_sound::soft);
  tick(3);
  std::vector<std::string> expected;
  for (std::size_t n = 0; n < 4; ++n)
    expected.push_back(media_out(model::dead_air_piece(model::dead_air_sound::soft, n)));
  EXPECT_EQ(socket->sent, expected);
  play(160);
  EXPECT_EQ(socket->sent[socket->sent.size() - 2], clear_out());
  EXPECT_EQ(socket->sent.back(), media_out(ulaw(160)));
  EXPECT_THAT(hold_tone, IsEmpty());
  const auto sent = socket->sent.size();
  tick();
  EXPECT_EQ(socket->sent.size(), sent) << "nothing beside what it says";
}

TEST_F(CallerPlayback, EndsTheTenantsSoundWhereItIsTold) {
  subject.begin_dead_air(model::dead_air_sound::ticks);
  tick();
  subject.end_dead_air();
  EXPECT_EQ(socket->sent.back(), clear_out());
  const auto sent = socket->sent.size();
  subject.end_dead_air();
  tick(5);
  EXPECT_EQ(socket->sent.size(), sent);
}

TEST_F(CallerPlayback, BeepsWhereTheAgentGoesWhileItsSoundPlays) {
  subject.begin_dead_air(model::dead_air_sound::soft);
  tick();
  subject.end_dead_air();
  tick(11, false);
  EXPECT_THAT(hold_tone, ElementsAre(true));
}

TEST_F(CallerPlayback, BeepsNotWhileItPlaysOut) {
  play(160);
  (void)subject.begin_play_out();
  tick(30, false);
  EXPECT_EQ(beeps(), 0u);
}

}  // namespace
}  // namespace tonris::actors::test
